/** What stock clients send to the Flight service of an executor. */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { protobuf } from './protobuf.js';

export const FLIGHT = '/arrow.flight.protocol.FlightService';

/** A partition of a job. */
export interface Partition {
  readonly stage: number;
  readonly partition: number;
  /** Other fields of the ticket. */
  readonly more: Readonly<Record<number, number>>;
}

/** A ticket as a scheduler makes it. */
export function ticket(job: string, { stage, partition, more }: Partition): Buffer {
  return protobuf({ 3: protobuf({ 1: job, 2: stage, 3: partition, 5: '127.0.0.1', 6: 1, ...more }) });
}

/** The file of a partition of a job, if the executor with this work folder has one. */
export function partitionFile(workDir: string, job: string): string | undefined {
  const folder = join(workDir, 'jobs', job);
  if (!existsSync(folder)) return undefined;
  const name = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((file) => file.endsWith('.arrow'));
  return name === undefined ? undefined : join(folder, name);
}

/** The partition that a file has the rows of. */
export function partitionOf(file: string): Partition {
  const [stage = '', partition = '', name = ''] = file.split('/').slice(-3);
  const id = /data-(\d+)/.exec(name)?.[1];
  return { stage: Number(stage), partition: Number(partition), more: id === undefined ? {} : { 7: Number(id) } };
}
