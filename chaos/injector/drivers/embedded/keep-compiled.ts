/**
 * Loaded into every embedded program before its own code: keeps what Node has compiled once it runs. Node
 * itself does so only at a clean exit, which a power loss is not: the killed AZ would always boot cold,
 * beside the survivors at peak, and so would every program of the very first start.
 */
import { flushCompileCache } from 'node:module';

/** Booted by then, also on a slow machine; later starts find nothing left to write. */
const BOOTED_MS = 1000;

setTimeout(flushCompileCache, BOOTED_MS).unref();
