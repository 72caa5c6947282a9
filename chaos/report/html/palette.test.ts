import { describe, expect, test } from 'vitest';
import { AZ_COLOURS } from '#contracts/az-colours.ts';
import { AVAILABILITY_ZONES } from '#contracts/labels.ts';
import { DARK, LIGHT, azLine, customProperties } from './palette.ts';

/** Relative luminance and contrast ratio as WCAG 2.2 defines them. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255).map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

describe.each([['light', LIGHT], ['dark', DARK]] as const)('the %s theme', (_name, theme) => {
  test('has text that can be read wherever it stands', () => {
    for (const behind of [theme.page, theme.surface, theme.faultTint, theme.recoveryTint]) {
      expect(contrast(theme.text, behind)).toBeGreaterThan(7);
      expect(contrast(theme.dim, behind)).toBeGreaterThan(4.5);
    }
    for (const state of [theme.good, theme.bad, theme.doubtful]) {
      expect(contrast(theme.onState, state)).toBeGreaterThan(4.5);
      expect(contrast(state, theme.surface)).toBeGreaterThan(4.5);
    }
  });

  test('has lines that stand out from what is behind them', () => {
    for (const behind of [theme.surface, theme.faultTint, theme.recoveryTint]) {
      for (const colour of [...AVAILABILITY_ZONES.map((az) => azLine(az, theme)), theme.bad, theme.doubtful]) expect(contrast(colour, behind)).toBeGreaterThan(3);
    }
  });

  test('shows each AZ in the colour that it has everywhere', () => {
    for (const az of AVAILABILITY_ZONES) expect(customProperties(theme)).toContain(`--${az}:${AZ_COLOURS[az]};`);
    expect(customProperties(theme)).toContain(`--on-state:${theme.onState};`);
  });
});
