/**
 * What stands behind the balancers: a plain HTTP server that answers a fixed body at once, in a process of
 * its own. It prints its port, and ends with the benchmark.
 */
import { createServer } from 'node:http';

const BODY = Buffer.alloc(1024, 'a');

const server = createServer({ keepAliveTimeout: 72_000 }, (request, response) => {
  request.resume();
  response.writeHead(200, ['content-type', 'text/plain', 'content-length', String(BODY.length)]);
  response.end(BODY);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`);
});
process.on('disconnect', () => process.exit());
