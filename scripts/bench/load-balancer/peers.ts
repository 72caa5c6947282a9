/**
 * The balancers that are measured side by side, each as its maker would run it for this job: one thread,
 * keep-alive on both sides, no log, checks of the same path twice a second where the product has checks.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../tool.ts';

export type PeerName = 'azimuth' | 'haproxy' | 'nginx';

export interface Peer {
  name: PeerName;
  version: string;
  command: string;
  args: string[];
}

/** Builds the command of a peer in front of the targets; null with the reason where it is not installed. */
export function preparePeer(name: PeerName, folder: string, port: number, targetPorts: readonly number[], profileFolder: string | null): Peer | { missing: string } {
  switch (name) {
    case 'azimuth': {
      const profile = profileFolder === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`];
      const targets = targetPorts.flatMap((target, i) => ['--target', `az${i + 1}=http://127.0.0.1:${target}`]);
      const args = [...profile, join(ROOT, 'scripts/azimuth.ts'), 'load-balancer', '--listen', `127.0.0.1:${port}`, ...targets];
      return { name, version: `Node ${process.version}`, command: process.execPath, args };
    }
    case 'haproxy': {
      const version = versionOf('haproxy', ['-v'], /version (\S+)/);
      if (version === null) return { missing: 'haproxy is not installed (apt-get install haproxy)' };
      const path = join(folder, 'haproxy.cfg');
      writeFileSync(path, haproxyConfig(port, targetPorts));
      return { name, version, command: 'haproxy', args: ['-db', '-f', path] };
    }
    case 'nginx': {
      const version = versionOf('nginx', ['-v'], /nginx\/(\S+)/);
      if (version === null) return { missing: 'nginx is not installed (apt-get install nginx-light)' };
      const path = join(folder, 'nginx.conf');
      writeFileSync(path, nginxConfig(folder, port, targetPorts));
      return { name, version, command: 'nginx', args: ['-e', 'stderr', '-c', path] };
    }
  }
}

/** Debian keeps servers in /usr/sbin, which is not on everybody's path. */
export const SERVER_PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin`;

function versionOf(command: string, args: string[], pattern: RegExp): string | null {
  const { error, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, PATH: SERVER_PATH } });
  return error === undefined ? (pattern.exec(stdout + stderr)?.[1] ?? 'unknown') : null;
}

function haproxyConfig(port: number, targetPorts: readonly number[]): string {
  const servers = targetPorts.map((target, i) => `  server az${i + 1} 127.0.0.1:${target} check inter 500ms fastinter 100ms fall 2`);
  return `global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 250ms
  timeout client 72s
  timeout server 10s
  option http-keep-alive
  option redispatch
  http-reuse always
  option forwardfor
frontend in
  bind 127.0.0.1:${port}
  default_backend targets
backend targets
  balance random(2)
  option httpchk GET /healthz
${servers.join('\n')}
`;
}

function nginxConfig(folder: string, port: number, targetPorts: readonly number[]): string {
  return `daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr crit;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_timeout 72s;
  keepalive_requests 1000000;
  client_body_temp_path ${folder};
  proxy_temp_path ${folder};
  fastcgi_temp_path ${folder};
  uwsgi_temp_path ${folder};
  scgi_temp_path ${folder};
  upstream targets {
    random two least_conn;
${targetPorts.map((target) => `    server 127.0.0.1:${target};`).join('\n')}
    keepalive 256;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://targets;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_connect_timeout 250ms;
    }
  }
}
`;
}
