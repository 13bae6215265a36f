(() => {
  const R = typeof process.getBuiltinModule === 'function' ? process.getBuiltinModule : require;
  const v8 = R('v8');
  const memory = process.memoryUsage();
  const heap = v8.getHeapStatistics();
  const count = (list, name) => {
    const counts = {};
    for (const x of list) { const n = String(name(x)).slice(0, 60); counts[n] = (counts[n] || 0) + 1; }
    return counts;
  };
  const attempt = (f, otherwise) => { try { return f(); } catch { return otherwise; } };
  const resources = attempt(() => count(process.getActiveResourcesInfo(), (x) => x), {});
  let handles = attempt(() => count(process._getActiveHandles(), (h) => (h && h.constructor && h.constructor.name) || 'Object'), null);
  if (!handles) {
    handles = {};
    for (const n of Object.keys(resources)) if (n !== 'Timeout' && n !== 'Immediate' && !/Req/.test(n)) handles[n] = resources[n];
  }
  if (resources.Timeout) handles.Timer = resources.Timeout;
  if (resources.Immediate) handles.Immediate = resources.Immediate;
  return {
    rss: memory.rss, heapUsed: memory.heapUsed, heapTotal: memory.heapTotal,
    external: memory.external, arrayBuffers: memory.arrayBuffers || 0,
    heapLimit: heap.heap_size_limit, contexts: heap.number_of_native_contexts, detachedContexts: heap.number_of_detached_contexts,
    globalHandles: heap.used_global_handles_size || 0, malloced: heap.malloced_memory,
    spaces: v8.getHeapSpaceStatistics().map((s) => ({ name: s.space_name, used: s.space_used_size, size: s.space_size })),
    handles, requests: attempt(() => count(process._getActiveRequests(), (r) => (r && r.constructor && r.constructor.name) || 'Object'), {}),
    elu: attempt(() => { const e = R('perf_hooks').performance.eventLoopUtilization(); return [e.idle, e.active]; }, [0, 0]),
    constrained: attempt(() => process.constrainedMemory(), 0), uptime: process.uptime(), version: process.version, pid: process.pid,
  };
})()
