'use strict';
// Draws what /events tells. All text is set as text.
(() => {
  document.documentElement.classList.add('js');
  const most = 720; // points of a curve
  const at = (id) => document.getElementById(id);
  const element = (name, attributes, ...children) => {
    const e = document.createElement(name);
    for (const key in attributes) e.setAttribute(key, attributes[key]);
    e.append(...children);
    return e;
  };
  const drawn = (name, attributes) => {
    const e = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const key in attributes) e.setAttribute(key, attributes[key]);
    return e;
  };
  const bytes = (n) => {
    const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
    let i = 0;
    while (Math.abs(n) >= 1024 && i < units.length - 1) { n /= 1024; i++; }
    return n.toFixed(i ? 1 : 0) + ' ' + units[i];
  };
  const span = (seconds) => seconds < 120 ? Math.round(seconds) + ' s' : seconds < 7200 ? Math.round(seconds / 60) + ' min' : (seconds / 3600).toFixed(1) + ' h';

  // curve is one reading over time.
  function curve(reading) {
    const value = element('b', {}), left = element('span', {}), right = element('span', {});
    const line = drawn('polyline', {}), chart = drawn('svg', { class: 'trend', viewBox: '0 0 300 64', preserveAspectRatio: 'none', role: 'img' });
    chart.append(drawn('line', { class: 'axis', x1: 0, x2: 300, y1: 62, y2: 62 }), line);
    const figure = element('figure', {}, element('figcaption', {}, element('span', {}, reading.name), value), chart, element('p', { class: 'detail' }, left, right));
    const times = [], values = [];
    const write = (v) => reading.counted ? Math.round(v).toLocaleString('en') : bytes(v);
    const add = (time, v) => {
      times.push(time); values.push(v);
      if (values.length > most) { times.shift(); values.shift(); }
    };
    const draw = () => {
      const low = Math.min(...values), high = Math.max(...values), begin = times[0], all = times[times.length - 1] - begin;
      const x = (t) => all > 0 ? 300 * (t - begin) / all : 300;
      const y = (v) => high > low ? 60 - 56 * (v - low) / (high - low) : 32;
      line.setAttribute('points', values.map((v, i) => x(times[i]).toFixed(1) + ',' + y(v).toFixed(1)).join(' '));
      value.textContent = write(values[values.length - 1]);
      left.textContent = write(low) + ' to ' + write(high);
      right.textContent = 'last ' + span(all / 1000);
      chart.setAttribute('aria-label', reading.name + ': from ' + write(values[0]) + ' to ' + write(values[values.length - 1]));
    };
    return { figure, add, draw };
  }

  // watched is the part of the page about one target.
  function watched(name) {
    const state = element('span', { class: 'state' }), note = element('p', {}), banner = element('div', { class: 'verdict' }, note);
    const title = element('h1', {}), curves = element('div', { class: 'trends' }), rows = element('tbody', {}), culprits = element('ul', { class: 'culprits' });
    const id = 'target-' + (all.size + 1);
    const section = element('section', { class: 'watched', id }, title, banner, culprits, curves, element('table', {}, rows));
    title.textContent = name;
    at('main').append(section);
    at('targets').append(element('a', { href: '#' + id }, name));
    const byName = new Map();
    const of = (reading) => {
      if (!byName.has(reading.name)) {
        byName.set(reading.name, curve(reading));
        curves.append(byName.get(reading.name).figure);
      }
      return byName.get(reading.name);
    };
    const history = (h) => h.readings.forEach((r) => {
      const c = of(r);
      r.values.forEach((v, i) => c.add(h.times[i], v));
      c.draw();
    });
    const show = (e) => {
      const look = { critical: 'fail', leaking: 'fail', growing: 'warn', stable: 'pass' }[e.state] || 'inconclusive';
      banner.className = 'verdict verdict-' + look;
      state.textContent = e.state;
      note.replaceChildren(state, ' ' + e.note);
      const grown = new Set((e.verdicts || []).filter((v) => v.state !== 'stable' && v.state !== 'unknown').map((v) => v.name));
      e.readings.forEach((r) => {
        const c = of(r);
        c.add(e.time, r.value); c.draw();
        c.figure.classList.toggle('grown', grown.has(r.name));
      });
      rows.replaceChildren(...(e.verdicts || []).map((v) => element('tr', {}, element('th', { scope: 'row' }, v.what), element('td', {}, v.state), element('td', {}, v.text))));
      culprits.replaceChildren(...(e.culprits || []).map((c) => element('li', {}, c)));
    };
    return { history, show };
  }

  const all = new Map();
  const part = (name) => { if (!all.has(name)) all.set(name, watched(name)); return all.get(name); };
  const source = new EventSource('events');
  source.onopen = () => { at('link').textContent = 'connected'; };
  source.onerror = () => { at('link').textContent = 'the connection to heapdiff is lost; trying again'; };
  source.addEventListener('history', (message) => {
    const h = JSON.parse(message.data);
    if (!all.has(h.name)) part(h.name).history(h); // else it was only the connection that was lost
  });
  source.onmessage = (message) => {
    const e = JSON.parse(message.data);
    part(e.name).show(e);
    document.title = [...all.keys()].length > 1 ? 'heapdiff watch' : e.state + ' · ' + e.name;
    at('link').textContent = 'last sample ' + new Date(e.time).toLocaleTimeString();
  };
})();
