/**
 * One colour for each AZ, wherever it is drawn: dashboards, reports. Neither red nor green is one of them, which stand
 * for bad and good. The three are told apart by people who do not tell red from green.
 * Reference: Okabe and Ito, "Color Universal Design", 2008.
 */
import type { AvailabilityZone } from './labels.ts';

export const AZ_COLOURS: Readonly<Record<AvailabilityZone, string>> = { az1: '#56B4E9', az2: '#E69F00', az3: '#CC79A7' };
