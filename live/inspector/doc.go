// Package inspector speaks V8's inspector protocol to Node, Deno and Chromium.
//
// [List] asks a port what it has; [Dial] connects to one of them and returns a
// [Session], on which methods are called and events are heard. The workers of a
// Node process have sessions of their own, which travel inside the messages of
// the first.
//
// A heap snapshot is hundreds of megabytes in messages of a megabyte. They are
// never made into strings: one reader keeps one buffer, and the text of a chunk is
// unescaped from there into what is written to disk ([Session.Snapshot]).
//
// An inspector may be slow, broken or hostile: a message has a largest size, what
// is not understood is left out, redirects and other hosts are not followed, and
// proxies are not asked.
package inspector
