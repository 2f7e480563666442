/** Campaigns without Temporal: they begin and obey, and no job is asked. */
import type { CampaignMemory } from '../../src/domain/campaign/memory.ts';
import { newCampaign } from '../../src/domain/campaign/memory.ts';
import type { CampaignPlan } from '../../src/domain/campaign/plan.ts';
import { commanded, refusalOfCommand } from '../../src/domain/campaign/transitions.ts';
import { campaignDigestOf, campaignViewOf } from '../../src/domain/campaign/view.ts';
import { SluiceError } from '../../src/domain/errors/errors.ts';
import { RequestRefused } from '../../src/domain/job/refusal.ts';
import type { CampaignGateway } from '../../src/temporal/campaigns/campaign-gateway.ts';

export class FakeCampaigns implements CampaignGateway {
  readonly memories = new Map<string, CampaignMemory>();
  readonly #isAway: () => boolean;

  /** Ids of campaigns that Temporal knows, and of which it shows nothing. */
  readonly opaque = new Set<string>();
  /** The next start fails so. */
  failNextStart: Error | null = null;

  /** Plans as they were started, in order. */
  readonly started: CampaignPlan[] = [];

  /** @param isAway tells whether Temporal does not answer. */
  constructor(isAway: () => boolean = () => false) {
    this.#isAway = isAway;
  }

  async #enter(): Promise<void> {
    await Promise.resolve();
    if (this.#isAway()) throw new SluiceError('TemporalUnavailable', 'Temporal says "14 UNAVAILABLE"');
  }

  async start(plan: CampaignPlan): ReturnType<CampaignGateway['start']> {
    await this.#enter();
    const failure = this.failNextStart;
    this.failNextStart = null;
    if (failure) throw failure;
    if (this.memories.has(plan.id) || this.opaque.has(plan.id)) return 'exists';
    const memory = newCampaign(plan);
    if (memory === null) throw new Error('the plan is none');
    this.started.push(plan);
    this.memories.set(plan.id, memory);
    return 'started';
  }

  async view(id: string): ReturnType<CampaignGateway['view']> {
    await this.#enter();
    const memory = this.memories.get(id);
    return memory ? campaignViewOf(memory) : null;
  }

  async list(): ReturnType<CampaignGateway['list']> {
    await this.#enter();
    return [...this.memories.values()].map(campaignDigestOf).sort((one, other) => (one.at < other.at ? 1 : -1));
  }

  async command(
    ...[id, command, commander]: Parameters<CampaignGateway['command']>
  ): ReturnType<CampaignGateway['command']> {
    await this.#enter();
    const memory = this.memories.get(id);
    if (!memory) throw new SluiceError('NotFound', `there is no campaign ${id}`);
    const why = refusalOfCommand(memory, command);
    if (why !== null) throw new RequestRefused('CampaignOver', why);
    const next = commanded(memory, command, commander, new Date().toISOString());
    this.memories.set(id, next);
    return campaignDigestOf(next);
  }
}
