function () {
  const name = (o) => { try { return String(o.constructor && o.constructor.name || 'Object').slice(0, 80); } catch { return 'Object'; } };
  const size = (o) => {
    try {
      if (o instanceof Map || o instanceof Set || o instanceof WeakMap) return o.size || 0;
      if (Array.isArray(o)) return o.length;
      if (o instanceof ArrayBuffer) return o.byteLength;
      const e = o._events;
      if (e && typeof e === 'object') {
        let most = 0;
        for (const k of Object.keys(e)) most = Math.max(most, Array.isArray(e[k]) ? e[k].length : 1);
        return most;
      }
    } catch {}
    return 0;
  };
  let total = 0;
  const sizes = new Map();
  for (const o of this) {
    const s = size(o);
    total += s;
    const key = name(o) + '\u0000' + s;
    sizes.set(key, (sizes.get(key) || 0) + 1);
  }
  const top = [...sizes].map(([k, n]) => { const [c, s] = k.split('\u0000'); return { name: c, size: Number(s), count: n }; })
    .sort((a, b) => b.size * Math.sqrt(b.count) - a.size * Math.sqrt(a.count)).slice(0, 5);
  return { count: this.length, total, top };
}
