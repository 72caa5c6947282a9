import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { startHungListener } from './hung-listener.ts';

test('a connect to a hung listener neither succeeds nor fails', async () => {
  const hung = await startHungListener();
  const socket = connect(hung.port, '127.0.0.1');
  const outcome = await new Promise<string>((resolve) => {
    socket.once('connect', () => resolve('connected')).once('error', () => resolve('refused'));
    setTimeout(resolve, 300, 'waiting');
  });
  socket.destroy();
  await hung.close();
  expect(outcome).toBe('waiting');
});
