/**
 * A Chaos Toolkit experiment as it is written, in the part that is run here: `process` and `http` providers, tolerances but
 * those that are probes themselves. Names are the format's. Times are seconds.
 *
 * Reference: Chaos Toolkit, "Experiment" (chaostoolkit.org/reference/api/experiment); chaoslib 1.44, `chaoslib/experiment.py`.
 */
export interface ProcessProvider {
  type: 'process';
  /** A program of the PATH, or the path of one. */
  path: string;
  /** A text is read by the shell; names and values of a mapping are given in its order. */
  arguments?: string | readonly unknown[] | Readonly<Record<string, unknown>>;
  timeout?: number;
}

export interface HttpProvider {
  type: 'http';
  url: string;
  /** Default GET. */
  method?: string;
  headers?: Readonly<Record<string, string>>;
  /** The query of a GET; else the body, as JSON where `Content-Type` says so, else as a form. */
  arguments?: Readonly<Record<string, unknown>>;
  /** In all, or to connect and to answer. */
  timeout?: number | readonly [number, number];
}

/** Looks for the pattern anywhere in the value. With a target, in that field of the output, such as `body` or `stdout`. */
export interface RegexTolerance {
  type: 'regex';
  pattern: string;
  target?: string;
}

export interface RangeTolerance {
  type: 'range';
  /** Both ends included. */
  range: readonly [number, number];
  target?: string;
}

export interface JsonPathTolerance {
  type: 'jsonpath';
  path: string;
  /** All that the path finds; one value stands for a list of it. */
  expect?: unknown;
  /** How much it finds. */
  count?: number;
  target?: string;
}

/** A scalar is equal to the value, two of a list are a range, more are a set. Against an output with a status, scalar and list are about that. */
export type Tolerance = boolean | number | string | readonly unknown[] | RegexTolerance | RangeTolerance | JsonPathTolerance;

export interface Activity {
  type: 'probe' | 'action';
  name: string;
  provider: ProcessProvider | HttpProvider;
  /** Seconds, or `${name}` for a configured number. */
  pauses?: { before?: number | string; after?: number | string };
  /** Of the method: the next one does not wait for it. */
  background?: boolean;
  tolerance?: Tolerance;
}

export interface Hypothesis {
  title: string;
  probes?: readonly Activity[];
}

/** A value, or where it comes from. */
export interface EnvironmentVariable {
  type: 'env';
  key: string;
  default?: unknown;
  env_var_type?: 'str' | 'int' | 'float' | 'bool' | 'json';
}

export interface ToolkitExperiment {
  version?: string;
  title: string;
  description?: string;
  tags?: readonly string[];
  configuration?: Readonly<Record<string, unknown>>;
  /** By group, then by name. */
  secrets?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  'steady-state-hypothesis'?: Hypothesis;
  method: readonly Activity[];
  rollbacks?: readonly Activity[];
  /** What tools of the experiment know beyond the format. */
  extensions?: readonly ({ name: string } & Record<string, unknown>)[];
}
