/** What the metrics page and the report say of pre-training alone, in one language; the rest is in `Phrases`. */
export interface PretrainingPhrases {
  readonly reportTitle: string;
  tokensPerSecond(value: string): string;
  readonly reading: { readonly hashing: string; readonly reading: string };
  readShare(share: string): string;
  readonly maskedAccuracy: string;
  readonly perplexity: string;
  readonly maskedLoss: string;
  readonly ofBest: string;
  /** Of the best checkpoint, and what the value was before the first step. */
  ofBestSince(before: string): string;
  readonly wholeWords: string;
  ofMasked(words: string): string;
  readonly tokenRate: string;
  readonly trainingLoss: string;
  readonly heldOut: string;
  readonly pairLoss: string;
  readonly judgements: string;
  readonly notYet: string;
  readonly neverJudged: string;
  readonly failed: (message: string) => string;
  readonly interrupted: string;
  readonly fillIns: string;
  readonly fillInsNote: string;
  afterStep(step: string): string;
  readonly filledText: string;
  mask(number: number): string;
  readonly noMask: string;
  readonly corpus: string;
  readonly files: string;
  readonly documents: string;
  readonly heldOutDocuments: string;
  readonly nearDuplicates: string;
  readonly leftOut: string;
  readonly lines: string;
  readonly junk: Readonly<Record<string, string>>;
  readonly characters: string;
  readonly tokens: string;
  unknown(share: string): string;
  readonly corpusFolder: string;
  readonly corpusHash: string;
  readonly texts: string;
  readonly fresh: string;
  readonly fineTune: string;
  readonly howToRead: string;
}

/** In English. */
export const english: PretrainingPhrases = {
  reportTitle: 'Pre-training report',
  tokensPerSecond: (value) => `${value} tokens/s`,
  reading: { hashing: 'Looking at the files', reading: 'Reading the texts' },
  readShare: (share) => `${share} read`,
  maskedAccuracy: 'Masked accuracy',
  perplexity: 'Perplexity',
  maskedLoss: 'Masked loss',
  ofBest: 'best checkpoint, held-out documents',
  ofBestSince: (before) => `before: ${before} · held-out documents`,
  wholeWords: 'Masked as a whole',
  ofMasked: (words) => `of ${words} masked words`,
  tokenRate: 'Tokens per second',
  trainingLoss: 'Training, masked words',
  heldOut: 'Held-out documents',
  pairLoss: 'Training, pair task',
  judgements: 'Scores on the held-out documents',
  notYet: 'Scores come with the first judgement of the held-out documents.',
  neverJudged: 'No document judged this run, so that there are no scores.',
  failed: (message) => `Pre-training failed: ${message}`,
  interrupted: 'Pre-training was interrupted: its process is gone. It can go on from its last checkpoint.',
  fillIns: 'Fill-ins',
  fillInsNote: 'What the model puts in the place of each [MASK], each for itself, after judgements of the run.',
  afterStep: (step) => `Here after step ${step}.`,
  filledText: 'Filled in',
  mask: (number) => `Mask ${number}`,
  noMask: 'This text has no [MASK] within the length limit.',
  corpus: 'Corpus',
  files: 'Files',
  documents: 'Documents to learn from',
  heldOutDocuments: 'Documents held out',
  nearDuplicates: 'Near-duplicates left out',
  leftOut: 'Left out because they hold a test text',
  lines: 'Lines',
  junk: {
    short: 'Lines left out: too short',
    'no-words': 'Lines left out: no words',
    broken: 'Lines left out: broken characters',
    repeated: 'Lines left out: repetitions',
  },
  characters: 'Characters',
  tokens: 'Tokens',
  unknown: (share) => `${share} unknown to the vocabulary`,
  corpusFolder: 'Folder of the corpus',
  corpusHash: 'SHA-256 of its manifest',
  texts: 'Texts',
  fresh: 'shape and vocabulary alone; all weights began anew',
  fineTune: 'Fine-tune This Model…',
  howToRead:
    'Masked accuracy is the share of masked tokens of held-out documents for which the model finds the right one most likely. Perplexity is the exponential of their mean cross-entropy: among how many equally likely tokens the model still hesitates. Both compare only between runs with the same vocabulary, masks and held-out documents.',
};

/** In Simplified Chinese. */
export const chinese: PretrainingPhrases = {
  reportTitle: '预训练报告',
  tokensPerSecond: (value) => `${value} 词元/秒`,
  reading: { hashing: '正在检查文件', reading: '正在读取文本' },
  readShare: (share) => `已读取 ${share}`,
  maskedAccuracy: '掩码准确率',
  perplexity: '困惑度',
  maskedLoss: '掩码损失',
  ofBest: '最佳检查点，留出文档',
  ofBestSince: (before) => `训练前 ${before} · 留出文档`,
  wholeWords: '整词掩码比例',
  ofMasked: (words) => `共掩码 ${words} 个词`,
  tokenRate: '每秒词元数',
  trainingLoss: '训练（掩码词）',
  heldOut: '留出文档',
  pairLoss: '训练（句对任务）',
  judgements: '留出文档上的得分',
  notYet: '首次评估留出文档之后才有得分。',
  neverJudged: '此次预训练没有经过任何文档的评估，因此没有得分。',
  failed: (message) => `预训练失败：${message}`,
  interrupted: '预训练已中断：其进程已不存在。可从最后一个检查点继续。',
  fillIns: '填空',
  fillInsNote: '各次评估之后，模型在每个 [MASK] 处填入的内容；各处分别预测。',
  afterStep: (step) => `此处为第 ${step} 步之后。`,
  filledText: '填入结果',
  mask: (number) => `第 ${number} 处`,
  noMask: '在长度限制之内，此文本中没有 [MASK]。',
  corpus: '语料',
  files: '文件',
  documents: '用于学习的文档',
  heldOutDocuments: '留出的文档',
  nearDuplicates: '略去的近似重复文档',
  leftOut: '因含测试文本而略去的文档',
  lines: '行数',
  junk: {
    short: '略去的行：太短',
    'no-words': '略去的行：没有词',
    broken: '略去的行：字符损坏',
    repeated: '略去的行：重复内容',
  },
  characters: '字符数',
  tokens: '词元数',
  unknown: (share) => `其中 ${share} 不在词表中`,
  corpusFolder: '语料文件夹',
  corpusHash: '其清单的 SHA-256',
  texts: '文本',
  fresh: '只取其结构与词表，权重全部重新开始',
  fineTune: '微调此模型…',
  howToRead:
    '掩码准确率：留出文档中被掩码的词元里，模型认为最可能的恰好是原词元的比例。困惑度是这些词元平均交叉熵的指数：模型还在多少个同样可能的词元之间犹豫。只有词表、掩码方式和留出文档都相同的训练之间才可比较。',
};
