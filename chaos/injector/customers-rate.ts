/**
 * How much the customers order, kept for them: a customers process that was restarted rests until it is told, and a
 * region without traffic looks healthy whatever is broken. What was asked for last is sent again to a new process.
 */
import { AzimuthError } from '#contracts/errors.ts';
import type { TrafficRequest } from '#contracts/faults.ts';
import type { HealthAnswer } from '#contracts/health.ts';
import type { CustomerSummary } from '#contracts/records.ts';
import type { Endpoint } from '#contracts/region.ts';
import { callInstance, type InstanceAnswer, type InstanceCall } from './instance-call.ts';

const CALL_TIMEOUT_MS = 2000;
const LOOK_MS = 5000;

type Send = typeof callInstance;

export class CustomersRate {
  readonly #customers: Endpoint | undefined;
  readonly #send: Send;
  #asked: TrafficRequest | null = null;
  /** Which process was told. */
  #told: string | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(customers: Endpoint | undefined, send: Send = callInstance) {
    this.#customers = customers;
    this.#send = send;
  }

  /** @returns the customers' own answer. @throws AzimuthError AZ_INSTANCE_SILENT, AZ_UNSUPPORTED */
  async set(request: TrafficRequest): Promise<InstanceAnswer> {
    const answer = await this.#call({ method: 'PUT', path: '/traffic', body: request });
    if (answer.status < 300) {
      this.#asked = request;
      this.#told = await this.#boot();
    }
    return answer;
  }

  /** Takes over what they do already, say since before this process was started, or sets them to `request`. Rejects as `set` does. */
  async begin(request: TrafficRequest): Promise<void> {
    const answer = await this.#call({ method: 'GET', path: '/summary?windowMs=1000' });
    const { ratePerSecond = 0, arm = 'balanced' } = answer.status === 200 ? (JSON.parse(answer.text) as Partial<CustomerSummary>) : {};
    if (ratePerSecond === 0) return void (await this.set(request));
    this.#asked = { ratePerSecond, arm };
    this.#told = await this.#boot();
  }

  /** Tells a process that was not told yet. Resolves, too, when it cannot be. */
  async remind(): Promise<void> {
    if (this.#asked === null) return;
    const boot = await this.#boot();
    if (boot === null || boot === this.#told) return;
    await this.set(this.#asked).catch(() => undefined);
  }

  /** Looks after them every five seconds until `close`. */
  watch(): void {
    this.#timer ??= setInterval(() => void this.remind(), LOOK_MS);
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  /** Null when they do not answer. */
  async #boot(): Promise<string | null> {
    try {
      const { status, text } = await this.#call({ method: 'GET', path: '/healthz' });
      return status === 200 ? (JSON.parse(text) as HealthAnswer).bootId : null;
    } catch {
      return null;
    }
  }

  async #call(call: Omit<InstanceCall, 'timeoutMs'>): Promise<InstanceAnswer> {
    if (this.#customers === undefined) throw new AzimuthError('AZ_UNSUPPORTED', 'this region has no customers');
    const { name, admin } = this.#customers;
    if (admin === null) throw new AzimuthError('AZ_UNSUPPORTED', `${name} has no admin address`);
    try {
      return await this.#send(admin, { ...call, timeoutMs: CALL_TIMEOUT_MS });
    } catch (error) {
      throw new AzimuthError('AZ_INSTANCE_SILENT', `${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
