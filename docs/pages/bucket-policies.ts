/** docs/bucket-policies.md: who may do what in the bucket, and the policies for AWS. */
import { bucketPolicy, bucketPrefixes, bucketRoles, bucketTable } from '../../src/domain/access/bucket-rights.ts';
import { code, generatedFrom, page, table } from './markdown.ts';

const RIGHTS = ['read', 'write', 'delete'] as const;

export const bucketPoliciesPage = (): string =>
  page(
    generatedFrom('src/domain/access/bucket-rights.ts'),
    '# Policies of the bucket',
    'Records in the bucket decide who may start a job, and who may ask for it. The code of every job runs in the containers of ' +
      'YARN and has their credentials. So four parts have four policies, and the containers cannot write what decides: tokens, ' +
      'fences, gates, claims, deployments, the audit log, releases, and the gate, order and configuration of a start ' +
      '([why](decisions/0058-four-policies-for-the-bucket.md)). The local stack works this way.',
    table(
      ['prefix', 'holds', ...bucketRoles],
      bucketPrefixes.map((prefix) => [
        code(prefix),
        bucketTable[prefix].holds,
        ...bucketRoles.map((role) => rightsOf(prefix, role)),
      ]),
    ),
    '- **worker** and **api** are the two processes of Sluice: give each its own role or key.\n' +
      '- **publisher** is CI and whoever runs `sluice publish` and `sluice prune`. To limit a publisher to its project, put ' +
      '`releases/<project>/*` in the place of `releases/*`.\n' +
      '- **containers** is what NodeManagers and containers have: the role of the machines, or the key in their environment. ' +
      'NodeManagers fetch the files of containers with it. Whatever else jobs read and write in S3 comes on top, in other buckets.',
    'Jobs that were started by hand, and that Sluice shall adopt, keep their state elsewhere. Let the containers read, write and ' +
      'delete there, and worker and API read.',
    '“Some” in `staging/`: Flink’s client uploads below `.flink/`, and Hadoop makes empty objects that stand for folders.',
    '## Limits',
    '- **The containers of all jobs have one key**, so the code of a job can read, change and delete the checkpoints, savepoints ' +
      'and staged files of another job: YARN’s nodes have one identity. Jobs that must not reach each other need clusters of their ' +
      'own, with buckets and installations of their own.\n' +
      '- **Deleting in staging** is allowed, because Flink’s application master does it. Code of a job can so keep a start from ' +
      'beginning, but cannot make one begin.\n' +
      '- **Signs of life** of another job can be forged or deleted. Sluice asks a JobManager because of a forged one, and hears of an ' +
      'edge when its turn of the poll comes without one. A forged one keeps the jobs of a lost cluster where they are; none ends or starts anything ' +
      '([why](decisions/0066-signs-of-life-in-the-bucket.md)).\n' +
      '- **All four may list the bucket**, since S3 answers 403 instead of 404 to those who may not. Names are not secret: jobs, ' +
      'operations, and the ids of tokens without their secrets.\n' +
      '- **A worker can write what decides.** Whoever has its key has Sluice. Keep it from the nodes.\n' +
      '- Object locks, encryption and rules for the bucket as a whole are your own, and no rule may delete what these prefixes hold.',
    '## For AWS',
    'Replace `BUCKET`. Where distributions or the launcher lie elsewhere, replace `dist`, and where the part in the JVMs does, ' +
      '`sluice`. With encryption by KMS each role also needs `kms:Decrypt`, and those that write `kms:GenerateDataKey`.',
    ...bucketRoles.flatMap((role) => [
      `### ${role}`,
      `\`\`\`json\n${JSON.stringify(bucketPolicy(role, 'BUCKET'), null, 2)}\n\`\`\``,
    ]),
  );

function rightsOf(prefix: (typeof bucketPrefixes)[number], role: (typeof bucketRoles)[number]): string {
  const row: Partial<Record<(typeof RIGHTS)[number] | 'containersWrite', readonly string[]>> = bucketTable[prefix];
  const rights: string[] = RIGHTS.filter((right) => row[right]?.includes(role));
  if (role === 'containers' && row.containersWrite) rights.push('write some');
  return rights.join(', ');
}
