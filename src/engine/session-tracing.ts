/**
 * The spans of a session: one for each action and for each statement, as the semantic conventions of OpenTelemetry for
 * databases describe them.
 *
 * @module
 */

import type { Attributes, Span } from '@opentelemetry/api';

import type { NativeDataFrame } from '../binding.cjs';
import { BallistaError } from '../errors.js';
import { callSync } from '../native.js';
import { openTelemetry } from '../platform/open-telemetry.js';
import { version } from '../version.js';

/** What the spans of a session have in common. */
export interface TracedSession {
  /** The scheduler. Absent in a local session. */
  readonly scheduler?: { readonly host: string; readonly port: number };
  /** Whether spans have the text of queries. */
  readonly traceQueryText: boolean;
}

/** The span of an action that runs. */
export interface ActionSpan {
  /** The header of the W3C that makes spans of other processes children of this one. Absent in a local session. */
  readonly traceparent: string | undefined;
  /** Ends the span. A failure becomes its status. */
  end(jobId: string | undefined, failure?: unknown): void;
}

/** Makes the spans of a session, if its program collects spans. */
export class SessionTracing {
  readonly #session: TracedSession;
  /** The SQL text of queries that came as text. */
  readonly #texts = new WeakMap<NativeDataFrame, string>();

  constructor(session: TracedSession) {
    this.#session = session;
  }

  /** Keeps the text of a query, for the spans of its actions. */
  keepText(query: NativeDataFrame, text: string): void {
    if (this.#session.traceQueryText) this.#texts.set(query, text);
  }

  /** The text of a query stays the same when verbs are applied: the SQL of the new plan would have the values of parameters. */
  inheritText(derived: NativeDataFrame, query: NativeDataFrame): void {
    const text = this.#texts.get(query);
    if (text !== undefined) this.#texts.set(derived, text);
  }

  /**
   * Starts the span of an action.
   *
   * @param operation - the name of the method
   * @param since - when the action began, if not now: see {@link now}
   */
  begin(operation: string, query: NativeDataFrame, since?: number): ActionSpan | undefined {
    // A statement that has run has had its span.
    if (!openTelemetry() || query.kind === 'done') return undefined;
    return this.#start(operation, () => this.#texts.get(query) ?? toSql(query), since);
  }

  /** When a statement begins of which only its planning tells that it is one. Undefined if the program collects no spans. */
  now(): number | undefined {
    return openTelemetry() ? Date.now() : undefined;
  }

  /** Makes the span of a statement that has ended. */
  ended(operation: string, text: string, since: number | undefined, failure?: unknown): void {
    if (since !== undefined) this.#start(operation, () => text, since)?.end(undefined, failure);
  }

  #start(operation: string, text: () => string | undefined, since: number | undefined): ActionSpan | undefined {
    const api = openTelemetry();
    if (!api) return undefined;
    const { scheduler, traceQueryText } = this.#session;
    const attributes: Attributes = {
      'db.system.name': scheduler ? 'ballista' : 'datafusion',
      'db.operation.name': operation,
      ...(scheduler && { 'server.address': scheduler.host, 'server.port': scheduler.port }),
    };
    const name = scheduler ? `${operation} ${scheduler.host}:${scheduler.port}` : operation;
    const kind = scheduler ? api.SpanKind.CLIENT : api.SpanKind.INTERNAL;
    const startTime = since === undefined ? {} : { startTime: since };
    const span = api.trace.getTracer('ballista', version).startSpan(name, { kind, attributes, ...startTime });
    if (!span.isRecording()) return undefined;
    const query = traceQueryText ? text() : undefined;
    if (query !== undefined) span.setAttribute('db.query.text', query);
    const carrier: { traceparent?: string } = {};
    if (scheduler) api.propagation.inject(api.trace.setSpan(api.context.active(), span), carrier);
    return {
      traceparent: carrier.traceparent,
      end(jobId, failure) {
        if (failure !== undefined) fail(span, failure, api.SpanStatusCode.ERROR);
        const job = jobId ?? (BallistaError.is(failure) ? failure.jobId : undefined);
        if (job !== undefined) span.setAttribute('ballista.job.id', job);
        span.end();
      },
    };
  }
}

function fail(span: Span, failure: unknown, code: number): void {
  // The reason of an abort can be any value.
  const error = failure instanceof Error ? failure : new Error(String(failure));
  if (BallistaError.is(failure)) span.setAttribute('db.response.status_code', failure.code);
  span.setAttribute('error.type', BallistaError.is(failure) ? failure.code : error.name);
  span.recordException(error);
  span.setStatus({ code, message: error.message });
}

/** A query of verbs as SQL, unless SQL cannot express it. */
function toSql(query: NativeDataFrame): string | undefined {
  try {
    return callSync(() => query.toSql());
  } catch {
    return undefined;
  }
}
