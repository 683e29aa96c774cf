/**
 * Metrics of a scheduler and of an executor.
 *
 * @module
 */

import type { ExecutorMetrics, SchedulerMetrics } from 'ballista';

import { type MetricFamily, metric } from './metric-families.js';

export function schedulerFamilies(of: SchedulerMetrics): readonly MetricFamily[] {
  return [
    metric('gauge', 'ballista_scheduler_executors', 'Registered executors.', of.executors),
    metric('gauge', 'ballista_scheduler_slots', 'Tasks that the executors can run at once.', of.slots),
    metric(
      'gauge',
      'ballista_scheduler_tasks_waiting',
      'Tasks of one partition that wait for a slot.',
      of.tasksWaiting,
    ),
    metric('gauge', 'ballista_scheduler_jobs_queued', 'Jobs that are being planned.', of.jobsQueued),
    metric('gauge', 'ballista_scheduler_jobs_running', 'Jobs that run, or wait for slots.', of.jobsRunning),
    outcomes('ballista_scheduler_jobs_total', 'Jobs that have ended.', {
      succeeded: of.jobsSucceeded,
      failed: of.jobsFailed,
      cancelled: of.jobsCancelled,
    }),
  ];
}

export function executorFamilies(
  of: ExecutorMetrics,
  { vcores, memoryLimitBytes }: { readonly vcores: number; readonly memoryLimitBytes: number },
): readonly MetricFamily[] {
  return [
    metric('gauge', 'ballista_executor_connected', 'Whether the scheduler knows the executor.', Number(of.connected)),
    metric('gauge', 'ballista_executor_slots', 'Tasks that it can run at once.', vcores),
    metric('gauge', 'ballista_executor_tasks_running', 'Tasks that run.', of.tasksRunning),
    outcomes('ballista_executor_tasks_total', 'Tasks that have ended.', {
      succeeded: of.tasksSucceeded,
      failed: of.tasksFailed,
      cancelled: of.tasksCancelled,
    }),
    metric('gauge', 'ballista_executor_memory_bytes', 'Memory that tasks use.', of.memoryBytes),
    metric('gauge', 'ballista_executor_memory_limit_bytes', 'Memory that tasks may use.', memoryLimitBytes),
  ];
}

function outcomes(name: string, help: string, counts: Readonly<Record<string, number>>): MetricFamily {
  const samples = Object.entries(counts).map(([outcome, value]) => ({ labels: { outcome }, value }));
  return { name, type: 'counter', help, samples };
}
