/**
 * What stands behind the proxies in the benchmark of the links, as a process of its own: `echo` returns what it
 * gets, `source` sends as fast as it is read. Ends with the one who started it.
 */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

const BLOCK = Buffer.alloc(64 * 1024, 'x');

function pour(socket: Socket): void {
  while (socket.writable && socket.write(BLOCK));
}

async function listen(habit: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    habit(socket);
  });
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const echo = await listen((socket) => void socket.on('data', (chunk) => socket.write(chunk)).on('end', () => socket.end()));
const source = await listen((socket) => {
  socket.on('end', () => socket.destroy()).resume();
  socket.on('drain', () => pour(socket));
  pour(socket);
});
process.on('disconnect', () => process.exit());
process.stdout.write(`${JSON.stringify({ echo, source })}\n`);
