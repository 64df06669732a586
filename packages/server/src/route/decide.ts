import type { ModelSpec } from '../models/model-manager.ts';
import type { AnswerPlan } from '../pipeline/answer.ts';
import { GatewayError } from '../shared/errors.ts';
import { type Modality, matchRule, type Route, type RoutingRule } from './rules.ts';
import { type Names, resolveName, type Roles } from './roles.ts';

/** What the decision looks at: which modalities each message carries, never the media itself. */
export interface DecisionInput {
  readonly model: string;
  readonly messages: readonly {
    readonly role: string;
    readonly parts: readonly { readonly kind: Modality; readonly text?: string }[];
  }[];
}

/** The plan of an answer, which the rules began at one of their routes. */
export interface Decision extends AnswerPlan {
  readonly route: Route;
}

export interface DecideDeps {
  readonly names: Names;
  readonly roles: Roles;
  readonly rules: readonly RoutingRule[];
}

/**
 * Decides which models answer a chat request. The rules look at the caller's last turn; what the chat model cannot take
 * from any turn is read to it by a specialist. Throws `model_not_found`, and `unsupported_value` for a model that cannot do what is asked.
 */
export function decide(deps: DecideDeps, input: DecisionInput): Decision {
  const target = resolveName(deps.names, input.model);
  if (target.kind === 'model') return decideDirect(target.model, input);
  const hub = deps.names.models.find((model) => model.id === deps.roles.chat);
  if (hub === undefined)
    throw new GatewayError('model_missing', `the central model ${deps.roles.chat} is not configured`);
  const lastTurn = modalitiesOf(input.messages.filter((message) => message.role === 'user').slice(-1));
  const all = modalitiesOf(input.messages);
  const matched = matchRule(deps.rules, lastTurn);
  const route = matched?.rule.route ?? 'SELF_INFER';
  const needsOcr = all.has('image') && (route === 'OCR_SERVICE' || !hub.input.includes('image'));
  const needsAsr = all.has('audio') && (route === 'ASR_SERVICE' || !hub.input.includes('audio'));
  return {
    route,
    reason: reasonOf({ rule: matched?.index ?? null, lastTurn, hub, needsOcr, needsAsr, route }),
    confidence: 1,
    chatModel: hub,
    ocrModel: needsOcr ? deps.roles.ocr : null,
    asrModel: needsAsr ? deps.roles.asr : null,
    persona: true,
  };
}

/** The steps of a decision by name, in the order they run. */
export function stepsOf(decision: Decision): string[] {
  return [...(decision.asrModel === null ? [] : ['asr']), ...(decision.ocrModel === null ? [] : ['ocr']), 'chat'];
}

function decideDirect(model: ModelSpec, input: DecisionInput): Decision {
  if (model.task !== 'chat') {
    throw new GatewayError('unsupported_value', `the model ${model.id} does ${model.task}, not chat`, {
      param: 'model',
    });
  }
  for (const modality of modalitiesOf(input.messages)) {
    if (model.input.includes(modality)) continue;
    throw new GatewayError(
      'unsupported_value',
      `the model ${model.id} takes ${model.input.join(' and ')}, not ${modality}; the hub can have it read by a specialist`,
      { param: 'messages' },
    );
  }
  return {
    route: 'SELF_INFER',
    reason: `the request names the model ${model.id}`,
    confidence: 1,
    chatModel: model,
    ocrModel: null,
    asrModel: null,
    persona: false,
  };
}

function modalitiesOf(messages: DecisionInput['messages']): Set<Modality> {
  const found = new Set<Modality>();
  for (const message of messages) {
    for (const part of message.parts) {
      if (part.kind !== 'text' || (part.text ?? '').trim() !== '') found.add(part.kind);
    }
  }
  return found;
}

function reasonOf(facts: {
  rule: number | null;
  route: Route;
  lastTurn: ReadonlySet<Modality>;
  hub: ModelSpec;
  needsOcr: boolean;
  needsAsr: boolean;
}): string {
  const turn = [...facts.lastTurn].join(' + ') || 'nothing';
  const rule = facts.rule === null ? 'no rule fits' : `rule ${facts.rule + 1}`;
  const filled: string[] = [];
  if (facts.needsOcr && facts.route !== 'OCR_SERVICE')
    filled.push(`${facts.hub.id} cannot see, so pictures are read by OCR`);
  if (facts.needsAsr && facts.route !== 'ASR_SERVICE')
    filled.push(`${facts.hub.id} cannot hear, so speech is written down`);
  return [`${rule}: the last turn has ${turn} → ${facts.route}`, ...filled].join('; ');
}
