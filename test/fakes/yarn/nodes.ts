/**
 * The nodes of a fake YARN cluster. The application master runs on one node and the TaskManager on another, as on a real
 * cluster; a node can be lost for good, leave in good order, and come back.
 */
import type { FakeApplication, FakeNode } from './options.ts';

export class FakeNodes {
  readonly all: FakeNode[] = [];
  readonly #hosts = new Map<string, FakeNode>();

  add(address: string): FakeNode {
    const node: FakeNode = { id: `node-${this.all.length + 1}:45454`, address, state: 'RUNNING', isSilent: false };
    this.all.push(node);
    return node;
  }

  /** Adds a container on the first node that runs and hosts nothing of the application; else on the first that runs. */
  place(app: FakeApplication): void {
    const running = this.all.filter(({ state }) => state === 'RUNNING');
    const node = running.find((one) => this.containersOn(one, app).length === 0) ?? running[0];
    if (!node) return;
    app.placed += 1;
    const number = String(app.placed).padStart(6, '0');
    const container = `${app.id.replace('application', 'container')}_01_${number}`;
    this.#hosts.set(container, node);
    app.containers = [...app.containers, container];
    app.amNode ??= node;
  }

  hostOf(container: string): FakeNode | undefined {
    return this.#hosts.get(container) ?? this.all[0];
  }

  containersOn(node: FakeNode, app: FakeApplication): string[] {
    return app.containers.filter((container) => this.hostOf(container) === node);
  }
}

/** States of a node whose HTTP address YARN blanks. */
export const isBlanked = ({ state }: FakeNode): boolean =>
  state === 'LOST' || state === 'DECOMMISSIONED' || state === 'REBOOTED';
