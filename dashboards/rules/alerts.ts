/**
 * What wakes somebody (`page`) and what somebody reads in the morning (`ticket`). A page says that customers are hurt or
 * that the next loss will hurt them; what the region gets over by itself is a ticket, or nothing.
 *
 * Names of alerts are names of pages in docs/runbooks. What changed during a fault goes by labels, so that one alert
 * tells which AZ; figures come with `$value`.
 */
import { availabilityAlerts } from './alerts/availability.ts';
import { balancingAlerts } from './alerts/balancing.ts';
import { capacityAlerts } from './alerts/capacity.ts';
import { observingAlerts } from './alerts/observing.ts';
import { zoneAlerts } from './alerts/zones.ts';
import type { AlertRule } from './rule.ts';

export const ALERT_RULES: readonly AlertRule[] = [
  ...availabilityAlerts(), ...zoneAlerts(), ...capacityAlerts(), ...balancingAlerts(), ...observingAlerts(),
];
