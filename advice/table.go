package advice

// table has one entry for each pattern. A new pattern is a constant and an entry.
var table = []Advice{
	{
		Pattern: BuffersKept,
		Title:   "buffers are kept after use",
		Cause: "The bytes of an ArrayBuffer lie outside the JavaScript heap and live as long as one Buffer, typed array or slice of them does. " +
			"A slice of ten bytes keeps the whole buffer it was cut from.",
		Look: []string{
			"response bodies kept with the response (responseType: 'arraybuffer', response.data)",
			"streams that were neither read to the end nor destroyed",
			"buffer.subarray() and buffer.slice() of large buffers, kept in caches",
			"bulk requests that hold on to their payload until a retry that never comes",
		},
		Fix: "Keep what you need of a body and let the body go; destroy streams in finally; copy small slices out of large buffers.",
		Code: `const { id, title } = JSON.parse(Buffer.from(response.data));
response.data = null;                       // the bytes can go now

const header = Buffer.from(packet.subarray(0, 16));   // a copy: packet can go

const stream = fs.createReadStream(file);
try {
  await consume(stream);
} finally {
  stream.destroy();
}`,
	},
	{
		Pattern: SocketsOpen,
		Title:   "connections are never closed",
		Cause: "An open socket is held by the event loop itself, with its buffers, its listeners and whatever those refer to. " +
			"Letting go of the object closes nothing.",
		Look: []string{
			"connections put into a pool that nobody takes them from",
			"sockets without a timeout, whose other end went silent",
			"error paths that return without socket.destroy()",
			"servers that keep accepted sockets in a list and do not listen to 'close'",
		},
		Fix: "Give every connection a timeout, destroy it when it fires or fails, and bound every pool.",
		Code: `socket.setTimeout(30_000, () => socket.destroy());
socket.once('close', () => pool.delete(socket));
if (pool.size > 50) socket.destroy();
else pool.add(socket);`,
	},
	{
		Pattern: AgentWithoutLimit,
		Title:   "an agent keeps connections without limit",
		Cause:   "An http.Agent with keepAlive keeps idle sockets for each host and port it ever spoke to, without a limit unless one is set.",
		Look: []string{
			"new http.Agent({ keepAlive: true }) without maxSockets, maxFreeSockets and timeout",
			"an agent made anew for each request, which is never destroyed",
			"host names that vary: each has its own list of sockets",
		},
		Fix: "Share one agent, with limits.",
		Code: `const agent = new http.Agent({ keepAlive: true, maxSockets: 50, maxFreeSockets: 10, timeout: 30_000 });
http.get({ agent, host, path });`,
	},
	{
		Pattern: RequestsKept,
		Title:   "requests or responses are kept after they ended",
		Cause: "A request leads to its response, its socket, its headers and all that middleware hung on it. " +
			"Whoever keeps one keeps all of that, though the connection may be closed long since.",
		Look: []string{
			"logs, metrics and audit trails that take the request and not a line about it",
			"maps of what is under way from which only the happy path deletes",
			"closures of a request that a longer life than its own got hold of: listeners, subscriptions, timers",
			"error reports that carry the request along",
		},
		Fix: "Copy what is needed of a request, and let it go when its response is finished or closed.",
		Code: `log.push({ method: req.method, url: req.url, at: Date.now() });   // and not req

underway.add(req);
res.once('close', () => underway.delete(req));   // comes after errors, too`,
	},
	{
		Pattern: CacheWithoutBound,
		Title:   "a collection only grows",
		Cause:   "Entries are added and none is ever taken out. A cache without bound and expiry is a leak with a good hit rate.",
		Look: []string{
			"caches and registries with set() or add() and no delete()",
			"keys that differ each time: objects, timestamps, whole URLs, queries",
			"deletions by another key than the one used to insert",
		},
		Fix: "Bound it: evict the oldest entry when it is full, expire entries by age, or use a WeakMap if the keys are objects that live elsewhere.",
		Code: `class LRU {
  constructor(max) { this.max = max; this.map = new Map(); }
  get(key) {
    const value = this.map.get(key);
    if (value !== undefined) { this.map.delete(key); this.map.set(key, value); }
    return value;
  }
  set(key, value) {
    this.map.delete(key);
    this.map.set(key, value);
    if (this.map.size > this.max) this.map.delete(this.map.keys().next().value);
  }
}`,
	},
	{
		Pattern: MapByRequest,
		Title:   "something is kept for every request",
		Cause:   "A request, a session or a connection is entered into a collection when it begins and not taken out on every way it can end.",
		Look: []string{
			"requests that are aborted, time out or fail before the code that removes them",
			"sessions that expire in the store but not in memory",
			"the same object entered into two collections and removed from one",
		},
		Fix: "Remove it where it surely ends: in finally, or on 'close'; or key a WeakMap by the request itself.",
		Code: `active.set(id, request);
try {
  await handle(request);
} finally {
  active.delete(id);
}`,
	},
	{
		Pattern: ListenersKept,
		Title:   "listeners are added and not removed",
		Cause:   "An emitter that lives long holds each of its listeners, and each listener holds all that its function refers to.",
		Look: []string{
			"on() or addEventListener() for each request or component, on something global",
			"removeListener() given another function than on(): a new arrow function, a second bind()",
			"setMaxListeners(0), which silences the warning and keeps the leak",
		},
		Fix: "Remove the listener when its owner ends, use once(), or pass an AbortSignal.",
		Code: `const controller = new AbortController();
target.addEventListener('change', onChange, { signal: controller.signal });
// when the owner ends:
controller.abort();

const onTheme = colour => widget.repaint(colour);
bus.on('theme', onTheme);
// and with the very same function:
bus.removeListener('theme', onTheme);`,
	},
	{
		Pattern: ClosuresHold,
		Title:   "closures are kept and hold their scope",
		Cause: "A closure keeps the variables of the functions around it. All closures of one function share one set of variables, " +
			"so a small one can hold a large object that only another one uses.",
		Look: []string{
			"lists of callbacks, hooks and tasks that are only added to",
			"a closure that is kept, made in a function that also handles large data",
		},
		Fix: "Take callbacks out of the list when they are done, and make those that are kept in a function of their own that is given only what they need.",
		Code: `const remember = number => () => number;    // sees nothing else
hooks.add(remember(upload.number));
// and when it has run:
hooks.delete(hook);`,
	},
	{
		Pattern: TimersRunning,
		Title:   "timers are never cleared",
		Cause:   "A timer that has not fired is held by the timers' own list, with its callback and all that this refers to. An interval never ends by itself.",
		Look: []string{
			"setInterval() in constructors and request handlers without a matching clearInterval()",
			"timeouts of hours that guard requests which finished long ago",
		},
		Fix: "Clear the timer when its owner ends. unref() lets the process exit but does not free it.",
		Code: `const timeout = setTimeout(abort, 60_000);
try {
  return await work();
} finally {
  clearTimeout(timeout);
}`,
	},
	{
		Pattern: PromisesPending,
		Title:   "promises are never settled",
		Cause:   "A suspended async function lives as long as what it waits for can still be settled: whoever holds the resolver holds the function with all its variables.",
		Look: []string{
			"locks and semaphores whose release is skipped when something throws",
			"waiting for an event that may never come, without a timeout",
			"Promise.race() in a loop against one promise that never settles: it collects a reaction each time",
		},
		Fix: "Give every wait an end: a timeout, an AbortSignal, and release in finally.",
		Code: `await lock.acquire({ signal: AbortSignal.timeout(5_000) });
try {
  await write(entry);
} finally {
  lock.release();
}`,
	},
	{
		Pattern: DetachedDOM,
		Title:   "elements are kept after they left the document",
		Cause:   "An element that was removed lives as long as a variable, a collection or a listener refers to it; and one kept child keeps the tree it is in.",
		Look: []string{
			"maps from ids to elements that are not cleared when a view is left",
			"listeners on window or document whose closures refer to elements",
			"elements kept in component state, refs and caches of virtual lists",
		},
		Fix: "Forget the element where it is removed, or hold it by a WeakRef or as a key of a WeakMap.",
		Code: `row.remove();
rows.delete(number);

const data = new WeakMap();                 // element → what belongs to it
data.set(row, order);`,
	},
	{
		Pattern: StringsKept,
		Title:   "strings are kept",
		Cause:   "Texts accumulate, often many of the same text. A short piece cut from a long text can keep the whole of it.",
		Look: []string{
			"logs, queries and URLs kept for statistics",
			"substring(), split() and match() of large texts, kept in caches",
			"the same text parsed again and again: each parse makes its own copy",
		},
		Fix: "Keep counts instead of texts, bound what is kept, and share equal texts.",
		Code: `const texts = new Map();                    // one copy of each text
const share = text => texts.get(text) ?? (texts.set(text, text), text);`,
	},
	{
		Pattern: StringsCut,
		Title:   "short pieces keep the long texts they were cut from",
		Cause: "V8 does not copy a piece that is cut out of a text: it points into it, and as long as the piece is kept the whole text is, " +
			"however short the piece.",
		Look: []string{
			"slice(), substring(), split() and match() of bodies, files and lines, whose results become keys or are kept in caches",
			"an id, a name or a header parsed out of a large response",
		},
		Fix: "Make a copy of what is kept, and bound how much of it there is.",
		Code: `const copy = text => Buffer.from(text).toString();   // its own text, not a piece of another
seen.add(copy(body.slice(10, 60)));`,
	},
	{
		Pattern: StringBuilt,
		Title:   "a string is only appended to",
		Cause:   "V8 keeps a concatenation as a tree of its parts until somebody reads it, at 20 to 32 bytes a part beside the text.",
		Look: []string{
			"log += line, body += chunk, html += row on something that lives as long as the process",
		},
		Fix: "Write it out in pieces, or start anew at a bound.",
		Code: `lines.push(line);
if (lines.length >= 1000) await file.write(lines.splice(0).join(''));`,
	},
	{
		Pattern: ArrayOnlyPushed,
		Title:   "an array is only pushed to",
		Cause:   "An array in a module's scope or on something global lives as long as the process, with all its elements.",
		Look: []string{
			"samples, history and audit lists for statistics",
			"queues that are filled faster than they are drained, or not drained after an error",
		},
		Fix: "Keep the last N, or sums instead of samples; bound queues and refuse work when they are full.",
		Code: `samples.push(sample);
if (samples.length > 1000) samples.splice(0, samples.length - 1000);`,
	},
	{
		Pattern: KeysOfObject,
		Title:   "an object is used as a dictionary and only grows",
		Cause:   "Properties are added under ever new names and none is deleted. Each new name may also cost a hidden class of its own.",
		Look: []string{
			"cache[key] = value on an object that lives as long as the process",
			"memoised functions whose arguments become keys",
		},
		Fix: "Use a Map with a bound.",
		Code: `cache.set(key, value);
if (cache.size > 1000) cache.delete(cache.keys().next().value);`,
	},
	{
		Pattern: ListNeverCut,
		Title:   "a linked list is never cut",
		Cause:   "Each object refers to the one before it, so the newest keeps all of them.",
		Look: []string{
			"previous, parent, next and cause fields that are never cleared",
			"chains of errors, of promises, of versions of a state",
		},
		Fix:  "Cut the list at a length, or keep of the one before only what is needed.",
		Code: `visit.previous = previous ? { path: previous.path } : null;`,
	},
	{
		Pattern: WeakRefsKept,
		Title:   "weak references are kept after their objects are gone",
		Cause:   "A WeakRef lets its object go, but the entry that holds the WeakRef stays, with its key.",
		Look: []string{
			"maps from keys to WeakRef without a FinalizationRegistry",
		},
		Fix: "Delete the entry when its object is gone.",
		Code: `const registry = new FinalizationRegistry(key => {
  if (!cache.get(key)?.deref()) cache.delete(key);
});
cache.set(key, new WeakRef(value));
registry.register(value, key);`,
	},
	{
		Pattern: ObjectsKept,
		Title:   "objects accumulate",
		Cause:   "More and more objects are reachable on one path, and nothing takes them away.",
		Look: []string{
			"what is added there, and on which ways it should be removed",
		},
		Fix: "Remove them where their use ends, or bound how many there may be.",
	},
	{
		Pattern: GrewInPlace,
		Title:   "an object became larger",
		Cause:   "No objects were added, but one holds more bytes: numbers in an array, a string that was built, a buffer that was resized, room that a collection reserves as it grows.",
		Look: []string{
			"arrays of numbers that are only pushed to",
			"collections that were large once: their tables shrink late",
		},
		Fix: "Bound it; a collection that was emptied is smaller when it is made anew.",
	},
	{
		Pattern: EngineData,
		Title:   "the engine's own data grew",
		Cause:   "Code that was compiled, what the engine learnt about it, hidden classes and modules. It grows while new code runs and then stops.",
		Look: []string{
			"new Function(), eval() and vm.Script in loops: each compiles anew",
			"objects whose properties are added in ever new orders or under ever new names",
			"modules loaded again after deleting them from require.cache",
		},
		Fix: "If it does not stop, look for code that is generated or loaded again and again.",
	},
}
