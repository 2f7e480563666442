/** Routes that check a deployment file and serve the schema of all. */
import { z } from 'zod';
import { errorOfBase, extendsOf, resolveExtends } from '../../domain/deployment-file/extends.ts';
import { formatInputErrors, parseDeploymentFile } from '../../domain/deployment-file/parse.ts';
import { deploymentJsonSchema } from '../../domain/deployment-file/json-schema.ts';
import { withoutCheckpointsIn } from '../../domain/deployment-file/fitting-numbers.ts';
import { text } from '../../domain/input/field-schemas.ts';
import { ValidationBody } from '../contract.ts';
import { invalidInput, Problem } from '../http/problem.ts';
import { ok, route, type Route } from '../http/route.ts';

const FileName = text(200);

const ValidateRequest = z.strictObject({
  text: z.string().describe('The deployment file, as YAML'),
  fileName: FileName.optional().describe('For messages'),
  base: z
    .strictObject({ text: z.string(), fileName: FileName.optional() })
    .optional()
    .describe('The file that `extends` names'),
});

const YAML_TYPES = ['application/yaml', 'text/yaml', 'application/x-yaml', 'text/x-yaml'];

export const deploymentFileRoutes = (): Route[] => [
  route({
    method: 'post',
    path: '/deployment-files/validate',
    operationId: 'validateDeploymentFile',
    access: 'known',
    audited: 'never',
    tag: 'deployment files',
    summary: 'Find every mistake of a deployment file',
    body: { schema: ValidateRequest, text: YAML_TYPES },
    answers: { 200: { description: 'No mistakes', schema: ValidationBody } },
    problems: ['InvalidDeploymentFile'],
    handle({ body }) {
      const parsed = ValidateRequest.safeParse(typeof body === 'string' ? { text: body } : body);
      if (!parsed.success) throw invalidInput('InvalidRequest', 'The request is wrong', parsed.error.issues);
      return ok(validate(parsed.data));
    },
  }),
  route({
    method: 'get',
    path: '/schemas/deployment.json',
    operationId: 'getDeploymentFileSchema',
    access: 'public',
    tag: 'deployment files',
    summary: 'JSON Schema of the deployment file, for editors',
    answers: {
      200: { description: 'JSON Schema', schema: z.looseObject({}), contentType: 'application/schema+json' },
    },
    problems: [],
    handle: () => ({
      status: 200,
      body: `${JSON.stringify(deploymentJsonSchema(), null, 2)}\n`,
      contentType: 'application/schema+json',
    }),
  }),
];

function validate(request: z.output<typeof ValidateRequest>): ValidationBody {
  const { text, fileName = 'deployment file', base } = request;
  const extended = extendsOf(text);
  if (extended !== null && base === undefined) {
    const errors = [errorOfBase(text, `send the text of ${extended} as base, since this file extends it`, fileName)];
    throw new Problem('InvalidDeploymentFile', formatInputErrors(errors), { errors });
  }
  const merged =
    extended !== null && base !== undefined
      ? resolveExtends(text, base.text, { childName: fileName, baseName: base.fileName ?? extended })
      : null;
  const result = merged ?? parseDeploymentFile(text, { fileName });
  if (!result.ok) {
    throw new Problem('InvalidDeploymentFile', formatInputErrors(result.errors, fileName), { errors: result.errors });
  }
  const { file } = result;
  const warnings = [...withoutCheckpointsIn(file)];
  return { valid: true, job: file.name, environment: file.environment, file: { ...file }, warnings };
}
