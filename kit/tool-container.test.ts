import { expect, test } from 'vitest';
import { commandText, mountedReports, pathForPeople, pathFromPeople, startText } from './tool-container.ts';

const INSIDE = { AZIMUTH_IN_CONTAINER: '1', AZIMUTH_REPORTS_ON_HOST: './reports' };

test('the words are those that the person can type', () => {
  expect(commandText('heal az1', {})).toBe('./azimuth heal az1');
  expect(commandText('heal az1', INSIDE)).toBe('docker compose run --rm chaos heal az1');
  expect(commandText('', INSIDE)).toBe('docker compose run --rm chaos');
});

test('both ways to start a region are named where both are open', () => {
  expect(startText({})).toMatch(/npm start.*docker compose up -d --wait/);
  expect(startText(INSIDE)).not.toContain('npm start');
});

test('a path below the mount is named as the host has it, any other as it is', () => {
  expect(mountedReports({})).toBeNull();
  expect(mountedReports({ ...INSIDE, AZIMUTH_REPORTS: '/elsewhere' })).toBe('/elsewhere');
  expect(pathForPeople('/reports/one', INSIDE)).toBe('./reports/one');
  expect(pathForPeople('/reports', { ...INSIDE, AZIMUTH_REPORTS_ON_HOST: '/home/me/reports/' })).toBe('/home/me/reports/');
  expect(pathForPeople('/reportsx/one', INSIDE)).toBe('/reportsx/one');
  expect(pathForPeople('/reports/one', { AZIMUTH_IN_CONTAINER: '1' })).toBe('/reports/one');
  expect(pathForPeople('/reports/one', { AZIMUTH_REPORTS_ON_HOST: './reports' })).toBe('/reports/one');
});

test('a path that a person types from the host leads into the mount, any other stays', () => {
  for (const typed of ['./reports/one', 'reports/one', 'reports/../reports/one/']) expect(pathFromPeople(typed, INSIDE).replace(/\/$/, '')).toBe('/reports/one');
  expect(pathFromPeople('/reports/one', INSIDE)).toBe('/reports/one');
  expect(pathFromPeople('../other', INSIDE)).toBe('../other');
  expect(pathFromPeople('reports/one', {})).toBe('reports/one');
});
