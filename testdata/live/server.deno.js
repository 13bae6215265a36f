// A server for Deno that keeps a buffer of 1 MB for each that is asked for.
const held = [];
globalThis.held = held;
Deno.serve({ port: 0, hostname: '127.0.0.1', onListen: ({ port }) => console.log(JSON.stringify({ port })) }, (request) => {
  const times = Number(new URL(request.url).searchParams.get('times') || 1);
  for (let i = 0; i < times; i++) held.push(new Uint8Array(1 << 20).fill(1));
  return new Response('ok\n');
});
