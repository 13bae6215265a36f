(() => {
  const R = typeof process.getBuiltinModule === 'function' ? process.getBuiltinModule : require;
  setImmediate(() => R('inspector').close());
})()
