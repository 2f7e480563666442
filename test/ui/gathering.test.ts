/**
 * Readings that changes ask for.
 *
 * Seen to fail: with a hidden tab that asks.
 */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createGathering } from '../../src/ui/state/gathering.ts';

/** A tab that a person turns to and away from. */
function createTab() {
  const listeners = new Set<() => void>();
  let isVisible = true;
  return {
    isVisible: () => isVisible,
    onVisibility(listener: () => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    show(visible: boolean) {
      isVisible = visible;
      for (const listener of listeners) listener();
    },
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('changes that do not end ask once in a while', () => {
  const act = vi.fn();
  const { call } = createGathering(createTab());
  for (let change = 0; change < 30; change++) {
    call(act);
    vi.advanceTimersByTime(100);
  }
  vi.advanceTimersByTime(1_500);
  expect(act).toHaveBeenCalledTimes(2);
});

test('a hidden tab asks for nothing, and asks once when somebody looks', () => {
  const act = vi.fn();
  const tab = createTab();
  const gathering = createGathering(tab);
  const stop = gathering.follow();
  gathering.call(act);
  tab.show(false);
  vi.advanceTimersByTime(10_000);
  expect(act).not.toHaveBeenCalled();
  tab.show(true);
  tab.show(false);
  tab.show(true);
  expect(act).toHaveBeenCalledTimes(1);
  stop();
});

test('a page that is left asks for nothing any more', () => {
  const act = vi.fn();
  const gathering = createGathering(createTab());
  const stop = gathering.follow();
  gathering.call(act);
  stop();
  vi.advanceTimersByTime(10_000);
  expect(act).not.toHaveBeenCalled();
});
