(() => {
  const R = typeof process.getBuiltinModule === 'function' ? process.getBuiltinModule : require;
  R('v8').setHeapSnapshotNearHeapLimit(1);
  process.report.reportOnFatalError = true;
  const dir = process.execArgv.map((a) => /^--diagnostic-dir=(.*)/.exec(a)).filter(Boolean).map((m) => m[1])[0];
  return { snapshots: dir || process.cwd(), reports: process.report.directory || process.cwd(), limit: R('v8').getHeapStatistics().heap_size_limit };
})()
