/** Models from elsewhere: every form that weights are published in gives the numbers of the golden model, and what is wrong is told in one line. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { loadClassifier } from '../../src/server/runs/load-classifier';
import { nodeFiles } from '../../src/server/node-files';
import { loadModelFolder } from '../../src/server/model/model-folder';
import { type ImportCommandOptions, importCommand } from '../../src/server/cli/import';
import { cli } from '../support/cli';
import { setEnvironment } from '../support/environment';
import { GOLDEN, goldenTensors } from '../support/model';
import { temporaryFolder } from '../support/tiny-run';
import { writeZip } from '../support/write-zip';

const FORMS = join('test', 'golden', 'import');
const tiny = goldenTensors(join('tiny', 'model.safetensors'));
const LABELS = ['甲', '乙', '丙', '丁', '戊'];

const given: ImportCommandOptions = { tokenizer: 'wordpiece', heads: false, verbose: false };
async function imported(t: TestContext, source: string, options: Partial<ImportCommandOptions> = {}): Promise<string> {
  const folder = join(temporaryFolder(t), 'out');
  await importCommand(source, folder, { ...given, ...options });
  return folder;
}

/** A copy of a form, to be spoilt. */
function copyOf(t: TestContext, form: string): string {
  const folder = join(temporaryFolder(t), form);
  cpSync(join(FORMS, form), folder, { recursive: true });
  return folder;
}

async function equalsTiny(folder: string): Promise<void> {
  const { weights } = await loadModelFolder(nodeFiles, folder);
  assert.deepEqual([...weights.keys()].sort(), [...tiny.keys()].sort());
  for (const [name, { shape, data }] of weights) {
    assert.deepEqual(shape, tiny.get(name)!.shape, name);
    assert.ok(Buffer.from(data.buffer, data.byteOffset, data.byteLength).equals(bytesOf(tiny.get(name)!.data)), name);
  }
}

const bytesOf = (data: Float32Array) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

describe('import', () => {
  for (const form of ['torch-zip', 'torch-legacy', 'torch-parameters', 'shards']) {
    test(`${form} has the golden model's numbers`, async (t) => {
      const folder = await imported(t, join(FORMS, form));
      await equalsTiny(folder);
      const model = await loadClassifier(folder);
      const before = await loadClassifier(join(GOLDEN, 'tiny'));
      assert.deepEqual(model.model.labels, before.model.labels);
    });
  }

  test('weights in several files are a model as they are', () => equalsTiny(join(FORMS, 'shards')));

  test("run_classifier.py's checkpoint predicts at once under the names that are given", async (t) => {
    const labels = join(temporaryFolder(t), 'labels.txt');
    writeFileSync(labels, `${LABELS.join('\n')}\n`);
    for (const source of [join(FORMS, 'tensorflow'), join(FORMS, 'tensorflow', 'model.ckpt-7')]) {
      const folder = await imported(t, source, { labels });
      await equalsTiny(folder);
      assert.deepEqual((await loadClassifier(folder)).model.labels, LABELS);
    }
  });

  test('one of its files does as well as the folder, and is then the one that counts', async (t) => {
    for (const file of ['torch-zip/pytorch_model.bin', 'torch-zip/config.json', 'shards/model.safetensors.index.json'])
      await equalsTiny(await imported(t, join(FORMS, file)));
    const checkpoint = join(FORMS, 'tensorflow', 'model.ckpt-7.index');
    await equalsTiny(await imported(t, checkpoint));
    const both = copyOf(t, 'torch-zip');
    writeFileSync(join(both, 'model.safetensors'), 'broken');
    await assert.rejects(imported(t, both), /model\.safetensors/);
    await equalsTiny(await imported(t, join(both, 'pytorch_model.bin')));
  });

  test('without a place it is put with the added models under a name that is free', async (t) => {
    const models = join(temporaryFolder(t), 'models');
    setEnvironment(t, { ROWLIGHT_MODELS: models });
    const added = async (source: string) => {
      const { folder, ...rest } = await importCommand(source, undefined, given);
      return { place: relative(models, folder), ...rest };
    };
    assert.deepEqual(await added(join(FORMS, 'torch-zip')), { place: 'torch-zip', labels: 5, unnamed: false });
    assert.deepEqual(await added(join(FORMS, 'torch-zip', 'pytorch_model.bin')), { place: 'torch-zip-2', labels: 5, unnamed: false }); // prettier-ignore
    assert.deepEqual(await added(join(FORMS, 'tensorflow', 'model.ckpt-7')), { place: 'tensorflow', labels: 5, unnamed: true }); // prettier-ignore
    // A folder that is called as one of a model's files is.
    const source = join(temporaryFolder(t), 'checkpoint');
    cpSync(join(FORMS, 'torch-zip'), source, { recursive: true });
    assert.equal((await added(source)).place, 'checkpoint');
    assert.deepEqual(readdirSync(models).sort(), ['checkpoint', 'tensorflow', 'torch-zip', 'torch-zip-2']);
  });

  test(
    "Google's own checkpoint is read",
    {
      skip:
        process.env.ROWLIGHT_DATA === undefined &&
        'set ROWLIGHT_DATA to the folder that holds fixture_tf1_bert_checkpoint',
    },
    async (t) => {
      const source = join(process.env.ROWLIGHT_DATA!, 'fixture_tf1_bert_checkpoint', 'test_checkpoint');
      const { config, weights, fresh } = await loadModelFolder(nodeFiles, await imported(t, source, { heads: true }));
      assert.deepEqual([config.layers, config.hiddenSize, config.vocabSize], [2, 4, 15]);
      assert.deepEqual(weights.get('bert.embeddings.word_embeddings.weight')?.shape, [15, 4]);
      assert.deepEqual(fresh, ['classifier.weight', 'classifier.bias']);
    },
  );

  test('a checkpoint whose configuration and vocabulary lie elsewhere takes them from there, and says so where they are missing', async (t) => {
    const source = copyOf(t, 'tensorflow');
    for (const file of ['bert_config.json', 'vocab.txt']) rmSync(join(source, file));
    await assert.rejects(imported(t, source), /has no bert_config\.json; .*--config/);
    const config = join(FORMS, 'tensorflow', 'bert_config.json');
    await assert.rejects(imported(t, source, { config }), /has no vocab\.txt; .*--vocab/);
    await equalsTiny(await imported(t, source, { config, vocab: join(FORMS, 'tensorflow', 'vocab.txt') }));
  });

  test('a zip with the folder in it does as well as the folder, stored or packed', async (t) => {
    for (const form of ['torch-zip', 'tensorflow'])
      for (const packed of [false, true]) {
        const zip = join(temporaryFolder(t), 'model.zip');
        const files = readdirSync(join(FORMS, form)).map(
          (name) => [`some folder/${name}`, readFileSync(join(FORMS, form, name))] as const,
        );
        writeFileSync(zip, writeZip(files, packed));
        await equalsTiny(await imported(t, zip));
      }
  });

  test('a base keeps the heads of pre-training where that is asked', async (t) => {
    const source = join(GOLDEN, 'tiny-mlm');
    const with_ = await imported(t, source, { heads: true });
    assert.match(
      readFileSync(join(with_, 'model.safetensors')).subarray(0, 20_000).toString('latin1'),
      /cls\.predictions/,
    );
    assert.match(readFileSync(join(with_, 'config.json'), 'utf8'), /BertForMaskedLM/);
    const without = await imported(t, source);
    assert.doesNotMatch(
      readFileSync(join(without, 'model.safetensors')).subarray(0, 20_000).toString('latin1'),
      /cls\.predictions/,
    );
    assert.match(readFileSync(join(without, 'config.json'), 'utf8'), /"BertModel"/);
    await loadModelFolder(nodeFiles, with_);
  });

  test('a model that was trained on characters reads them one by one', async (t) => {
    const folder = await imported(t, join(FORMS, 'torch-zip'), { tokenizer: 'character' });
    const { model } = await loadClassifier(folder);
    const vocabulary = readFileSync(join(GOLDEN, 'tiny', 'vocab.txt'), 'utf8').split('\n');
    const known = vocabulary.find((token) => [...token].length === 1 && token > '\u3400')!;
    const { tokens, offsets } = model.tokenizer.encode(`${known}${known}😀 `, undefined, 16);
    const space = vocabulary.includes('[unused1]') ? '[unused1]' : '[UNK]';
    assert.deepEqual(tokens, ['[CLS]', known, known, '[UNK]', space, '[SEP]']);
    assert.deepEqual([...offsets.slice(2, 10)], [0, 1, 1, 2, 2, 4, 4, 5]);
  });

  test('upper and lower case are told by the vocabulary, or by the user', async (t) => {
    const config = async (options: Partial<ImportCommandOptions>) =>
      JSON.parse(
        readFileSync(join(await imported(t, join(FORMS, 'tensorflow'), options), 'tokenizer_config.json'), 'utf8'),
      ) as { do_lower_case: boolean };
    assert.equal((await config({})).do_lower_case, true);
    assert.equal((await config({ cased: true })).do_lower_case, false);
    const vocab = join(temporaryFolder(t), 'vocab.txt');
    writeFileSync(
      vocab,
      readFileSync(join(FORMS, 'tensorflow', 'vocab.txt'), 'utf8').replace(/\n[^[\n]+\n/, '\nHello\n'),
    );
    assert.equal((await config({ vocab })).do_lower_case, false);
  });

  test('what is wrong is one line that names the file and the tensor, and nothing is left behind', async (t) => {
    const refused = async (source: string, message: RegExp, options: Partial<ImportCommandOptions> = {}) => {
      const parent = temporaryFolder(t);
      await assert.rejects(importCommand(source, join(parent, 'out'), { ...given, ...options }), (error: Error) => {
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /\n/);
        return true;
      });
      assert.deepEqual(readdirSync(parent), []);
    };
    await refused('nowhere', /nowhere: no such file or folder/);
    await refused(FORMS, /has neither model\.safetensors, nor pytorch_model\.bin, nor a TensorFlow checkpoint/);
    const labels = join(temporaryFolder(t), 'labels.txt');
    writeFileSync(labels, '甲\n乙\n');
    await refused(join(FORMS, 'tensorflow'), /--labels: 2 names, and the classifier has 5 labels/, { labels });
    await refused(join(GOLDEN, 'tiny-encoder'), /--labels: .* has no classifier/, { labels });

    const crc = copyOf(t, 'tensorflow');
    const data = join(crc, 'model.ckpt-7.data-00000-of-00001');
    const bytes = readFileSync(data);
    // A byte of an optimizer's slot is never read; every weight's is.
    for (let at = 3; at < bytes.length; at += 997) bytes[at]! ^= 1;
    writeFileSync(data, bytes);
    await refused(crc, /tensor "[\w/]+" is damaged \(its checksum differs\)/);
    writeFileSync(data, new Uint8Array(10));
    await refused(crc, /data-00000-of-00001: cut off or damaged/);
    rmSync(data);
    await refused(crc, /data-00000-of-00001: no such file/);

    const shards = copyOf(t, 'shards');
    rmSync(join(shards, 'model-00002-of-00002.safetensors'));
    await refused(shards, /model-00002-of-00002\.safetensors/);

    const config = copyOf(t, 'torch-zip');
    writeFileSync(
      join(config, 'config.json'),
      readFileSync(join(config, 'config.json'), 'utf8').replace(/"num_hidden_layers": \d+/, '"num_hidden_layers": 7'),
    );
    await refused(config, /pytorch_model\.bin: has no tensor "bert\.encoder\.layer\.\d\.attention/);

    const taken = temporaryFolder(t);
    writeFileSync(join(taken, 'mine'), '');
    await assert.rejects(importCommand(join(FORMS, 'torch-zip'), taken, given), /holds files already/);
    assert.deepEqual(readdirSync(taken), ['mine']);
  });

  test('no code of a pickle runs: what is no tensor is refused by its name', async (t) => {
    const source = copyOf(t, 'torch-legacy');
    const evil = join(temporaryFolder(t), 'evil');
    const legacy = readFileSync(join(FORMS, 'torch-legacy', 'pytorch_model.bin'));
    const head = legacy.subarray(0, legacy.indexOf(Buffer.from('ccollections', 'latin1')));
    const attempts = [
      [`cos\nsystem\nX\x10\0\0\0touch ${evil}`.padEnd(40), /os\.system/],
      [`cbuiltins\neval\n(X\x01\0\0\x001tR.`, /builtins\.eval/],
      [`ctorch._utils\n_rebuild_device_tensor_from_numpy\n`, /_rebuild_device_tensor_from_numpy/],
      [`\x8c\x02os\x8c\x06system\x93`, /os\.system/],
      [`i${'os\nsystem\n'}`, /opcode 0x69/],
    ] as const;
    for (const [code, message] of attempts) {
      writeFileSync(join(source, 'pytorch_model.bin'), Buffer.concat([head, Buffer.from(code, 'latin1')]));
      await assert.rejects(imported(t, source), message);
    }
    assert.equal(existsSync(evil), false);
  });

  test('a link that leads out of the folder is not followed', async (t) => {
    const source = copyOf(t, 'torch-zip');
    const outside = join(temporaryFolder(t), 'secret.txt');
    writeFileSync(outside, readFileSync(join(source, 'vocab.txt')));
    rmSync(join(source, 'vocab.txt'));
    symlinkSync(outside, join(source, 'vocab.txt'));
    await assert.rejects(imported(t, source), /vocab\.txt: a link that leads out of its folder/);
  });

  test("the hub's cache is links to blobs, and those are followed", async (t) => {
    const cache = temporaryFolder(t);
    const repo = join(cache, 'models--someone--tiny');
    const snapshot = join(repo, 'snapshots', '0123456789abcdef0123456789abcdef01234567');
    mkdirSync(snapshot, { recursive: true });
    mkdirSync(join(repo, 'blobs'));
    for (const name of readdirSync(join(FORMS, 'torch-zip'))) {
      cpSync(join(FORMS, 'torch-zip', name), join(repo, 'blobs', name));
      symlinkSync(join('..', '..', 'blobs', name), join(snapshot, name));
    }
    await equalsTiny(await imported(t, snapshot));
  });

  test('a zip that promises more than it can hold is refused before memory is asked for', async (t) => {
    const zip = join(temporaryFolder(t), 'bomb.zip');
    const archive = writeZip(
      [
        ['config.json', Buffer.from('{}')],
        ['model.safetensors', Buffer.alloc(100)],
      ],
      true,
    );
    // The announced sizes of the last entry, in its local header and in the directory.
    const at = archive.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1'));
    archive.writeUInt32LE(0xffff_fff0, at + 24);
    writeFileSync(zip, archive);
    await assert.rejects(imported(t, zip), /announces an impossible size/);
  });

  test('the command says what it made', async (t) => {
    const folder = join(temporaryFolder(t), 'out');
    const { code, stderr, stdout } = await cli(['import', join(FORMS, 'torch-zip'), folder]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /: a classifier of 5 labels, 3 layers of 24/);
    assert.equal(stdout, '');
    const predicted = await cli(['predict', folder, '-'], '身份证丢了\n');
    assert.equal(predicted.code, 0, predicted.stderr);
  });
});
