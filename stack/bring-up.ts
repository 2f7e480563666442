// Starts each part of the stack that does not run, as soon as the parts that it needs serve.
import { setMaxListeners } from 'node:events';
import type { ComponentProcesses } from './processes/component-processes.ts';
import type { Component } from './components/component.ts';
import { publishFlinkDistributions } from './components/flink-distributions.ts';
import { listComponents } from './layout/stack-plan.ts';
import { type Stack } from './stack.ts';

/** An event while the stack comes up. */
export type UpEvent =
  | { readonly kind: 'begin'; readonly name: string }
  | { readonly kind: 'ready' | 'fail'; readonly name: string; readonly detail: string }
  | { readonly kind: 'end'; readonly error?: string };

const PUBLISH = 'flink-distributions';

/** Starts every component that does not run. Throws when one fails; the caller then ends those already started. */
export async function bringUp(
  stack: Stack,
  processes: ComponentProcesses,
  tell: (event: UpEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const components = listComponents(stack);
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  setMaxListeners(0, either); // each upload and step adds a listener; Node warns of a leak above ten
  const steps = new Map<string, Promise<void>>();
  const errors: unknown[] = [];

  const step = (name: string, after: readonly string[], act: () => Promise<string>): void => {
    const run = async (): Promise<void> => {
      await Promise.all(after.flatMap((other) => steps.get(other) ?? []));
      either.throwIfAborted();
      tell({ kind: 'begin', name });
      try {
        tell({ kind: 'ready', name, detail: await act() });
      } catch (error) {
        // The first failure aborts all other steps, so report only the first: the others follow from it.
        if (!either.aborted) {
          errors.push(error);
          tell({ kind: 'fail', name, detail: 'failed' });
          failed.abort();
        }
        throw error;
      }
    };
    steps.set(name, run());
  };

  const running = processes.running();
  for (const component of components.filter((one) => !isSluice(one))) startStep(component);
  step(PUBLISH, steps.has('minio') ? ['minio'] : [], async () => {
    const uploaded = await publishFlinkDistributions(stack, either);
    return uploaded === 0 ? '' : `${uploaded} files published`;
  });
  for (const component of components.filter(isSluice)) startStep(component);

  function startStep(component: Component): void {
    if (running.has(component.name)) {
      steps.set(component.name, Promise.resolve());
    } else {
      const after = isSluice(component) ? [...component.after, PUBLISH] : component.after;
      step(component.name, after, async () => {
        await processes.start(component, either);
        return '';
      });
    }
  }

  await Promise.allSettled(steps.values());
  signal.throwIfAborted();
  if (errors.length > 0) throw errors[0];
}

function isSluice(component: Component): boolean {
  return component.name === 'worker' || component.name === 'api';
}
