/** Publishing as CI does it, with publishers that are killed at fifty moments: a release is seen whole or not at all. */
import { afterAll, test } from 'vitest';
import { killedPublishersLeaveNothing, PublishedProject } from '../../support/stories/publish.ts';

const KILLS = 50;

const project = new PublishedProject();

afterAll(() => project.remove());

test(`a publisher that is killed ${KILLS} times leaves nothing that is seen, and then publishes the whole`, () =>
  killedPublishersLeaveNothing(project, KILLS));
