// Closes the inspector, but not at once: Node 20 was seen to crash when it closes
// while the session that asked for it, or one that looked for workers, is ending.
(() => {
  const R = typeof process.getBuiltinModule === 'function' ? process.getBuiltinModule : require;
  setTimeout(() => R('inspector').close(), 500).unref();
})()
