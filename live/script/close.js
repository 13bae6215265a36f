// Closes the inspector, but not before this is answered.
(() => {
  const R = typeof process.getBuiltinModule === 'function' ? process.getBuiltinModule : require;
  setImmediate(() => R('inspector').close());
})()
