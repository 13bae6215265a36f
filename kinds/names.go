package kinds

import (
	"bytes"
	"strings"
)

// objectNames are constructors whose objects are more than JS objects. A
// program may call a class of its own Socket or Timeout, and it is as well: it
// would call it so because it is one.
var objectNames = table(map[Kind]string{
	Arrays: "Array",
	ArrayBuffers: `ArrayBuffer SharedArrayBuffer Buffer FastBuffer DataView WebAssembly.Memory
		Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array
		Float16Array Float32Array Float64Array BigInt64Array BigUint64Array`,
	Handles: `Socket TLSSocket Server TLSServer TCP TCPSERVERWRAP TLSWrap Pipe UDP TTY Process HTTPParser
		ChildProcess ReadStream WriteStream FileHandle FSReqCallback FSReqPromise FSEvent FSWatcher
		StatWatcher MessagePort MessageChannel BroadcastChannel Worker ChannelWrap Resolver ResolverBase
		GetAddrInfoReqWrap GetNameInfoReqWrap QueryReqWrap TCPConnectWrap PipeConnectWrap ConnectWrap
		SendWrap WriteWrap ShutdownWrap JSStreamSocket JSUDPWrap LibuvStreamWrap
		Http2Session ClientHttp2Session ServerHttp2Session Http2Stream ClientHttp2Stream ServerHttp2Stream
		Http2Server Http2SecureServer QuicEndpoint QuicSession QuicStream SecureContext
		Zlib Gzip Gunzip Deflate Inflate DeflateRaw InflateRaw Unzip BrotliCompress BrotliDecompress
		BrotliEncoder BrotliDecoder WebSocket EventSource XMLHttpRequest RTCPeerConnection RTCDataChannel`,
	Timers:      "Timeout Immediate TimersList ImmediateList Timer",
	Promises:    "Promise",
	Collections: "Map Set WeakMap WeakSet",
})

// nativeNames are native classes, after what comes before " / " and namespaces
// have been taken away. Node's carry the names of its C++ classes or, in old
// versions, of their providers; Chromium's those of Blink.
var nativeNames = table(map[Kind]string{
	Handles: `TCPWrap TCPSocketWrap TCPServerWrap TCPConnectWrap TCPWRAP TCPSOCKETWRAP TCPSERVERWRAP TCPCONNECTWRAP
		PipeWrap PipeSocketWrap PipeServerWrap PipeConnectWrap PIPEWRAP PIPECONNECTWRAP ConnectWrap
		TLSWrap TLSWRAP UDPWrap UDPSendWrap UDPWRAP UDPSENDWRAP TTYWrap TTYWRAP ProcessWrap PROCESSWRAP
		SignalWrap SIGNALWRAP StreamPipe STREAMPIPE LibuvStreamWrap JSStream JSUDPWrap
		HTTPParser HTTPINCOMINGMESSAGE HTTPCLIENTREQUEST HTTPServerRequest HTTPSERVERREQUEST ConnectionsList
		Http2Session Http2Stream Http2Ping Http2Settings HTTP2SESSION HTTP2STREAM
		FileHandle FileHandleReadWrap FSReqCallback FSReqPromise FSEventWrap StatWatcher FSReqAfterScope
		FILEHANDLE FSREQCALLBACK FSREQPROMISE FSEVENTWRAP STATWATCHER DirHandle DIRHANDLE
		GetAddrInfoReqWrap GetNameInfoReqWrap GETADDRINFOREQWRAP GETNAMEINFOREQWRAP ChannelWrap DNSCHANNEL QueryWrap QUERYWRAP
		ShutdownWrap WriteWrap SHUTDOWNWRAP WRITEWRAP SimpleShutdownWrap SimpleWriteWrap
		MessagePort MESSAGEPORT MessagePortData Worker WORKER SecureContext SECURECONTEXT
		ZlibStream ZlibContext ZLIB BrotliCompressionStream BrotliEncoderStream BrotliDecoderStream
		QuicEndpoint QuicSession QuicStream
		WebSocket DOMWebSocket WebSocketChannelImpl EventSource XMLHttpRequest RTCPeerConnection RTCDataChannel
		DedicatedWorker SharedWorker BroadcastChannel MessageChannel WebTransport FetchManager`,
	Timers: `Timer TimerWrap TIMERWRAP Timeout Immediate ImmediateInfo DOMTimer DOMTimerCoordinator ScheduledAction
		FrameRequestCallbackCollection V8FrameCallback`,
	ArrayBuffers: "JSArrayBufferData ArrayBuffer SharedArrayBuffer DOMArrayBuffer DOMSharedArrayBuffer BackingStore",
	Strings:      "ExternalStringData",
	Promises:     "PromiseReaction PromiseCapability PromiseFulfillReactionJobTask PromiseRejectReactionJobTask PromiseResolveThenableJobTask",
	Collections:  "OrderedHashMap OrderedHashSet EphemeronHashTable SmallOrderedHashMap SmallOrderedHashSet",
})

// table turns lists of names into a map from each of them.
func table(lists map[Kind]string) map[string]Kind {
	out := map[string]Kind{}
	for kind, list := range lists {
		for _, name := range strings.Fields(list) {
			out[name] = kind
		}
	}
	return out
}

var (
	slash   = []byte(" / ")
	system  = []byte("system / ")
	context = []byte("system / Context")
	node    = []byte("Node / ")
)

// kindOfObject returns the kind of objects of a name.
func kindOfObject(name []byte) Kind {
	if isContext(name) {
		return Closures
	}
	if kind, ok := objectNames[string(name)]; ok {
		return kind
	}
	return JSObjects
}

// isContext reports whether this is the name of the variables of a closure;
// newer versions add which scope they are of.
func isContext(name []byte) bool {
	rest, ok := bytes.CutPrefix(name, context)
	return ok && (len(rest) == 0 || bytes.HasPrefix(rest, slash))
}

// kindOfNative returns the kind of native and hidden nodes of a name.
func kindOfNative(name []byte) Kind {
	if rest, ok := bytes.CutPrefix(name, system); ok {
		if isContext(name) {
			return Closures
		}
		if kind, ok := nativeNames[string(rest)]; ok {
			return kind
		}
		return Runtime
	}
	rest, ours := bytes.CutPrefix(name, node)
	if at := bytes.LastIndex(rest, []byte("::")); at >= 0 && bytes.IndexByte(rest, '<') < 0 {
		rest = rest[at+2:]
	}
	kind, known := nativeNames[string(rest)]
	switch {
	case ours && known:
		return kind | embedder
	case ours:
		return OtherNative | embedder
	case known:
		return kind
	case len(name) == 0 || name[0] == '(' || oddballs[string(name)]:
		return Runtime
	}
	return OtherNative
}

// oddballs are values of the language that some versions show as native.
var oddballs = map[string]bool{
	"true": true, "false": true, "null": true, "undefined": true, "null (wasm)": true, "internal": true, "private symbol": true,
}
