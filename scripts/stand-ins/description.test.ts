import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../tool.ts';
import { readBases, readCompose, readSecrets } from './description.ts';

test('images of others are read with their tags, each once, and ours with its file', () => {
  const text = `
x-link: &link { image: ghcr.io/example/proxy:2.1.0 }
services:
  one: { image: "shop:\${AZIMUTH_VERSION:-0.1.0}", build: { context: ., dockerfile: compose/Dockerfile } }
  two: { <<: *link }
  three: { <<: *link }
  four: { image: registry.local:5000/watch:v3 }
  five: { image: "shop:\${AZIMUTH_VERSION:-0.1.0}" }`;
  expect(readCompose(text, {})).toEqual({
    others: [
      { repository: 'ghcr.io/example/proxy', tag: '2.1.0' },
      { repository: 'registry.local:5000/watch', tag: 'v3' },
    ],
    ours: [{ image: 'shop:0.1.0', dockerfile: 'compose/Dockerfile' }],
    services: 5,
  });
  expect(readCompose(text, { AZIMUTH_VERSION: '0.2.0' }).ours[0]?.image).toBe('shop:0.2.0');
});

test('an image without a tag, or pinned by digest, is refused by name', () => {
  expect(() => readCompose('services: { one: { image: proxy } }', {})).toThrow(/"proxy" is not named/);
  expect(() => readBases('FROM node:24@sha256:00')).toThrow(/"node:24@sha256:00"/);
});

test('bases are read through arguments, and stages of the file are no images', () => {
  expect(readBases('ARG NODE="24.1.0"\nFROM --platform=$BUILDPLATFORM node:${NODE}-slim AS base\nFROM base\nFROM scratch as end\nFROM end')).toEqual([{ repository: 'node', tag: '24.1.0-slim' }]);
});

test('secrets are read from the steps that mount them', () => {
  const text = 'RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=cache,target=/root/.npm \\\n    --mount=id=ca,type=secret npm ci\nRUN --mount=type=secret,id=npmrc true';
  expect(readSecrets(text)).toEqual(['npmrc', 'ca']);
});

test('the shipped description names images of others, and one of ours', () => {
  const shipped = readCompose(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), {});
  expect(shipped.others.length).toBeGreaterThan(0);
  expect(shipped.ours).toHaveLength(1);
});
