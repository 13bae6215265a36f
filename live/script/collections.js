function () {
  const r = this.stop();
  this.start();
  if (!r) return [];
  return r.statistics.filter((s) => s.gcType === 'MarkSweepCompact').map((s) => {
    const h = s.afterGC.heapStatistics;
    return { used: h.usedHeapSize, external: h.externalMemory || 0, cost: s.cost };
  });
}
