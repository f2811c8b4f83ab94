import { z } from 'zod';
import { HEADS } from '../model/config';
import { LORA_TARGETS } from '../model/lora';
import { METRICS } from '../training/advice';
import { LOSSES } from '../training/losses/loss';
import { SCHEDULES } from '../training/schedule';

/** A text in English and Chinese, as the schemas for editors show it. */
const say = (english: string, chinese: string) => `${english} · ${chinese}`;

/**
 * What a recipe may say of a run, by the names of the command line. Every description ends with the default and its reason: editors show it while
 * somebody writes. Bounds are those of the command line.
 */
export const optionsSchema = z.strictObject({
  description: z
    .string()
    .max(2000)
    .optional()
    .describe(say('What this is for, and why its numbers are what they are.', '用途，以及这些数值的理由。')),
  'max-length': z
    .int()
    .min(3)
    .optional()
    .describe(
      say(
        "Tokens of a text, [CLS] and [SEP] included; what is longer is cut. Default: the base's own, else 128, as run_classifier.py has it: attention costs the square of it.",
        '文本的最大标记数（含 [CLS] 与 [SEP]），超出部分截断。默认取基础模型的建议值，否则为 128（同 run_classifier.py）：注意力的开销与其平方成正比。',
      ),
    ),
  'batch-size': z
    .int()
    .min(1)
    .optional()
    .describe(
      say(
        "Rows of a step. Default: the base's own, else 32, the larger of the sizes that BERT's authors recommend.",
        '每步的行数。默认取基础模型的建议值，否则为 32（BERT 作者建议值中较大的一个）。',
      ),
    ),
  'learning-rate': z
    .number()
    .gt(0)
    .max(1)
    .optional()
    .describe(
      say(
        "The highest learning rate. Default: the base's own, else 2e-5, at which a BERT-base forgets little; small models take ten times as much.",
        '最高学习率。默认取基础模型的建议值，否则为 2e-5：BERT-base 在此学习率下遗忘很少；小模型可用十倍。',
      ),
    ),
  accumulate: z
    .int()
    .min(1)
    .optional()
    .describe(
      say(
        'Parts in which a batch goes through the model, their gradients added up. Default: as few as fit the memory, since each costs a little time.',
        '一批数据分几部分通过模型，梯度相加。默认在内存允许的前提下尽量少：每多一部分都稍慢一点。',
      ),
    ),
  epochs: z
    .int()
    .min(1)
    .optional()
    .describe(
      say(
        "Passes over the rows. Default: the base's own, else 3, after which a BERT-base gains little. The best epoch is kept.",
        '遍历数据的次数。默认取基础模型的建议值，否则为 3：之后 BERT-base 提升很小。保留最好的一轮。',
      ),
    ),
  warmup: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(
      say(
        "Share of the steps in which the rate rises from 0. Default 0.1, BERT's own: Adam's first averages are of few gradients.",
        '学习率从 0 上升所占的步数比例。默认 0.1（同 BERT）：Adam 最初的平均值只来自很少的梯度。',
      ),
    ),
  schedule: z
    .enum(SCHEDULES)
    .optional()
    .describe(
      say(
        "How the rate moves after warm-up. Default linear, BERT's own: it falls to 0. constant goes with plateau.",
        '预热之后学习率的变化。默认 linear（同 BERT）：线性降到 0。constant 可与 plateau 配合。',
      ),
    ),
  head: z
    .enum(HEADS)
    .optional()
    .describe(
      say(
        "How a text is summed up: cls is BERT's own and the only one that transformers opens; mean averages the last layer; pooled joins mean, maximum and an attention. Default cls.",
        '文本的汇总方式：cls 为 BERT 原有，也是 transformers 唯一能打开的；mean 取最后一层的平均；pooled 拼接平均、最大值与注意力。默认 cls。',
      ),
    ),
  train: z
    .string()
    .regex(/^(full|head|lora|last-[1-9]\d{0,2})$/, 'must be full, head, lora, or last-N, such as last-2')
    .optional()
    .describe(
      say(
        'What is trained: full, the head alone (BERT frozen), the last N layers with it, or lora: thin adapters beside frozen weights. Default full: it scores best where there are rows enough.',
        '训练的部分：full 为全部，head 仅分类头（冻结 BERT），last-N 为最后 N 层与分类头，lora 为冻结权重旁的小型适配器。默认 full：数据足够时效果最好。',
      ),
    ),
  'lora-rank': z
    .int()
    .min(1)
    .optional()
    .describe(
      say(
        "Rank of the adapters. Default 8, PEFT's: more seldom helps.",
        '适配器的秩。默认 8（同 PEFT）：更大很少更好。',
      ),
    ),
  'lora-alpha': z
    .number()
    .gt(0)
    .max(10_000)
    .optional()
    .describe(
      say(
        'Adapters count alpha / rank. Default 16, twice the rank, as is usual.',
        '适配器的输出乘以 alpha / rank。默认 16，即秩的两倍，为通常做法。',
      ),
    ),
  'lora-dropout': z
    .number()
    .min(0)
    .max(0.5)
    .optional()
    .describe(
      say(
        'Share of what adapters read that is dropped. Default 0: so few weights seldom overfit.',
        '适配器输入的 dropout 比例。默认 0：这么少的权重很少过拟合。',
      ),
    ),
  'lora-targets': z
    .string()
    .optional()
    .describe(
      say(
        `Which dense layers have an adapter, with commas between: ${Object.keys(LORA_TARGETS).join(', ')}. Default query,value, the paper's.`,
        `哪些全连接层带适配器，以逗号分隔。默认 query,value（论文取值）。`,
      ),
    ),
  loss: z
    .enum(LOSSES)
    .optional()
    .describe(
      say(
        "What is made small. Default cross-entropy, BERT's own. soft-f1 is F1 with probabilities for decisions: for a second stage, since it says little to an unfitted head.",
        '最小化的目标。默认 cross-entropy（同 BERT）。soft-f1 以概率代替判定计算 F1，适合第二阶段：对未训练的分类头几乎没有指导作用。',
      ),
    ),
  'class-weights': z
    .string()
    .optional()
    .describe(
      say(
        'none, balanced, or LABEL=WEIGHT,…; counted on the training rows alone. Default none: weights trade precision of frequent labels for recall of rare ones.',
        'none、balanced 或 标签=权重,…；仅按训练行统计。默认 none：加权是以常见标签的精确率换取罕见标签的召回率。',
      ),
    ),
  'label-smoothing': z
    .number()
    .min(0)
    .max(0.9)
    .optional()
    .describe(
      say(
        'Share of the truth spread over all labels; for cross-entropy. Default 0: labels are taken at their word.',
        '均摊到所有标签的真值比例，仅用于交叉熵。默认 0：完全相信标注。',
      ),
    ),
  'focal-gamma': z
    .number()
    .min(0)
    .max(10)
    .optional()
    .describe(
      say(
        "How much the focal loss plays easy rows down. Default 2, the paper's.",
        'focal 损失对容易样本的抑制程度。默认 2（论文取值）。',
      ),
    ),
  positive: z
    .string()
    .optional()
    .describe(
      say(
        'The positive label of a binary task: soft F1 is its F1. Default none: all labels count alike.',
        '二分类中的正类标签：soft-f1 即其 F1。默认无：所有标签同等对待。',
      ),
    ),
  metric: z
    .enum(METRICS)
    .optional()
    .describe(
      say(
        'What chooses the best checkpoint, and what patience and plateau look at. Default macro-f1: accuracy flatters where labels are unequally frequent.',
        '选择最佳检查点的指标，patience 与 plateau 也以它为准。默认 macro-f1：类别不均衡时准确率会偏高。',
      ),
    ),
  patience: z
    .int()
    .min(0)
    .optional()
    .describe(
      say(
        'Stop after this many evaluations without a better one. Default 0, never: the best is kept anyway, and the linear schedule needs its end.',
        '连续多少次评估没有进步就停止。默认 0，不停止：最佳检查点总会保留，线性计划也需走完。',
      ),
    ),
  plateau: z
    .int()
    .min(0)
    .optional()
    .describe(
      say(
        'Lower the rate after this many. Default 0, never: the schedule lowers it already.',
        '连续多少次没有进步就降低学习率。默认 0，不降低：计划本身已在降低。',
      ),
    ),
  'plateau-factor': z
    .number()
    .gt(0)
    .max(1)
    .optional()
    .describe(say('What the rate is multiplied with then. Default 0.5.', '届时学习率乘以的系数。默认 0.5。')),
  seed: z
    .int()
    .min(0)
    .optional()
    .describe(
      say(
        'Seed of shuffles, dropout, new weights and the split. Default 42; try others to see how much of a score is luck.',
        '打乱、dropout、新权重与划分的随机种子。默认 42；换几个种子可看出分数中有多少是运气。',
      ),
    ),
});

/** Options of a run by their command-line names. */
export type RecipeOptions = z.infer<typeof optionsSchema>;
