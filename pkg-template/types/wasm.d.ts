// What passes between the package's JavaScript and its wasm. For the type checker only; the package does not have this file.

import type { BindContactList, InitByCallerFailure, InitByCallerSuccess, Options, VoipError } from '../index.js';
import type { Answers, Stop } from './core.js';

/** The way from an instance's JavaScript into it. */
export interface Glue {
  /** What the wasm imports. */
  imports: WebAssembly.ModuleImports;
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
  /** Throws the documented errors. */
  connect(api: string, options: Options, host: Host, envVersion: string | undefined): void;
  ask<Api extends keyof Answers>(api: Api, req: unknown, stop: Stop | undefined): Promise<Answers[Api]>;
  check(req: unknown): ProblemRow[];
}

/** A part of a text: the number of a phrase, and what is put into it. */
export type Phrase = [number: number, put: string];

/** What is wrong with a field. */
export type ProblemRow = [
  path: string,
  code: number,
  expected: string,
  got: string,
  expectedInPhrases: Phrase[],
  gotInPhrases: Phrase[],
];

/** What the wasm uses of its host. */
export interface Host {
  /** Gives what opens the way of one request. */
  connect(endpoint: string, headers: Record<string, string>, timeout: number): (stop?: Stop) => RequestHost;
  createError(isCgi: boolean, errCode: number, errMsg: string, errno: number | undefined, cause: unknown): VoipError;
  createFailure(error: VoipError): InitByCallerFailure;
  createSuccess(roomId: string, chargeType: 'duration' | 'license'): InitByCallerSuccess;
  createContacts(body: ContactsBody): BindContactList;
}

/** What the service has answered, checked by the core. */
export interface ContactsBody {
  errcode: number;
  errmsg: string;
  contact_list: BindContactList['contact_list'];
}

/** The host of one request. Its promises give undefined when the time is over, null when the call was stopped. */
export interface RequestHost {
  isCancelled(): boolean;
  reason(): unknown;
  deviceToken(): Promise<{ token: unknown } | undefined | null> | undefined;
  send(
    method: Method,
    path: string,
    body: string,
    isKeyed: boolean,
    keepalive: boolean,
  ): Promise<HostAnswer | undefined | null>;
  retract(): void;
}

export type Method = 'POST' | 'DELETE';

/** A request, as an adapter is given it. */
export interface HostRequest {
  url: string;
  method: Method;
  headers: Record<string, string>;
  body: string;
  /** In milliseconds. */
  timeout: number;
  keepalive: boolean;
}

/** An answer, whatever its status. A host may have anything in it. */
export interface HostAnswer {
  status: unknown;
  body: unknown;
  /** What the header `retry-after` says. */
  retryAfter?: unknown;
}

/** A way to send a request, over whatever the host has. It gives what gives the request up. */
export type Adapter = (
  request: HostRequest,
  done: (answer: HostAnswer) => void,
  failed: (error: unknown) => void,
) => () => void;

/** A host's way to start the wasm. Without a source it takes the package's own; what init was given may be anything. */
export type Instantiate = (source: any, imports: WebAssembly.Imports) => Promise<Started>;

/** The source is that of a fresh instance of the same wasm. */
export interface Started {
  exports: WebAssembly.Exports;
  source: unknown;
}

/** A mini-program's WebAssembly, which takes a path. */
export interface PathWebAssembly {
  instantiate(
    path: string,
    imports: WebAssembly.Imports,
  ): Promise<{ instance?: WebAssembly.Instance; exports: WebAssembly.Exports }>;
}
