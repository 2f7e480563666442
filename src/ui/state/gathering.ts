/** Gathers calls: those that come together act once, and where nobody sees the tab nothing acts. */

const GATHER_MS = 1_500;

/** Whether somebody sees the tab, and how to hear when that changes. */
interface Sight {
  readonly isVisible: () => boolean;
  readonly onVisibility: (listener: () => void) => () => void;
}

interface Gathering {
  readonly call: (act: () => void) => void;
  /** Looks from now on whether somebody sees the tab. @returns what ends it. */
  readonly follow: () => () => void;
}

/** Acts once for all calls of a while, also when they do not end. A hidden tab acts as soon as somebody looks. */
export function createGathering({ isVisible, onVisibility }: Sight): Gathering {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let owed: (() => void) | undefined;
  return {
    call(act) {
      timer ??= setTimeout(() => {
        timer = undefined;
        if (isVisible()) act();
        else owed = act;
      }, GATHER_MS);
    },
    follow() {
      const stop = onVisibility(() => {
        if (!isVisible()) return;
        owed?.();
        owed = undefined;
      });
      return () => {
        stop();
        clearTimeout(timer);
        timer = owed = undefined;
      };
    },
  };
}
