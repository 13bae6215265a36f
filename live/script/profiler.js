(() => {
  const R = typeof process.getBuiltinModule === 'function' ? process.getBuiltinModule : require;
  const g = new (R('v8').GCProfiler)();
  g.start();
  return g;
})()
