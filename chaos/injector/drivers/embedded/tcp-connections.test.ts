import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { parseTcpTable, tcpConnections } from './tcp-connections.ts';

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4001 1 0000000000000000 100 0 0 10 0
   1: 0100007F:C350 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1000        0 4002 1 0000000000000000 20 4 30 10 -1
   2: 0100007F:C351 0100007F:1F90 06 00000000:00000000 03:00000A12 00000000     0        0 0 3 0000000000000000
   3: 0200530A:C352 1F01530A:2711 02 00000001:00000000 01:00000063 00000000  1000        0 4003 2 0000000000000000 100 0 0 10 -1
`;
const TABLE_6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0000000000000000FFFF00000100007F:C353 0000000000000000FFFF00000100007F:1F91 01 00000000:00000000 00:00000000 00000000  1000        0 4004 1 0000000000000000 20 4 30 10 -1
   1: 00000000000000000000000001000000:C354 00000000000000000000000001000000:1F91 01 00000000:00000000 00:00000000 00000000  1000        0 4005 1 0000000000000000 20 4 30 10 -1
`;

it('reads who is connected, and who is about to be, but no listener and nothing that has no holder', () => {
  expect(parseTcpTable(TABLE)).toEqual([
    { remote: { host: '127.0.0.1', port: 8080 }, inode: 4002 },
    { remote: { host: '10.83.1.31', port: 10_001 }, inode: 4003 },
  ]);
});

it('takes an IPv4 address in an IPv6 socket for what it is', () => {
  expect(parseTcpTable(TABLE_6)).toEqual([{ remote: { host: '127.0.0.1', port: 8081 }, inode: 4004 }]);
});

it.each(['', 'no table\nat all', TABLE.slice(0, 250)])('makes nothing of a text that is none, or half of one', (text) => {
  expect(parseTcpTable(text)).toEqual([]);
});

it.runIf(process.platform === 'linux')('finds a connection of this process by its name, until it ends', async () => {
  const server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const found = (callers: Map<number, string>) => tcpConnections(callers).filter(({ to }) => to.port === port);
  expect(found(new Map([[process.pid, 'me']]))).toEqual([{ caller: 'me', to: { host: '127.0.0.1', port } }]);
  expect(found(new Map([[2 ** 22 + 1, 'nobody']]))).toEqual([]);
  socket.destroy();
  await once(socket, 'close');
  expect(found(new Map([[process.pid, 'me']]))).toEqual([]);
  server.close();
});
