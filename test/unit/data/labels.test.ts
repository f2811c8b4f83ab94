import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { matchLabelNames, nameLabel, orderLabels, parseLabelNames } from '../../../src/server/data/labels';

describe('parseLabelNames', () => {
  test('one a line', () => assert.deepEqual(parseLabelNames('\ufeff财经\r\n\r\n 体育 \n'), ['财经', '体育']));
  test('with ids before', () =>
    assert.deepEqual(parseLabelNames('0\tfinance\n1 real estate\n'), ['finance', 'real estate']));
  test('numbers that are no ids belong to the names', () =>
    assert.deepEqual(parseLabelNames('3 stars\n1 star'), ['3 stars', '1 star']));
});

describe('label names', () => {
  const names = ['甲', '乙', '丙'];
  test('ids from 0', () => assert.deepEqual(matchLabelNames(['0', '2'], names), { names, first: 0 }));
  test('ids from 1', () => assert.deepEqual(matchLabelNames(['1', '3'], names), { names, first: 1 }));
  test('names themselves', () => assert.deepEqual(matchLabelNames(['乙', '甲'], names), { names, first: 0 }));
  test('names of something else', () => assert.equal(matchLabelNames(['x', 'y', '1'], names), undefined));
  test('naming', () => {
    assert.deepEqual(['0', '2', '3', '乙', '丁', '-1'].map((value) => nameLabel(value, { names, first: 0 })), ['甲', '丙', undefined, '乙', undefined, undefined]); // prettier-ignore
    assert.equal(nameLabel('3', { names, first: 1 }), '丙');
    assert.equal(nameLabel('0', { names, first: 1 }), undefined);
  });
});

describe('orderLabels', () => {
  test('integers by number', () => assert.deepEqual(orderLabels(['10', '9', '-1', '10']), ['-1', '9', '10']));
  test('names by code point, as Python sorts the labels of the article', () => {
    const sorted = [
      '上网服务管理',
      '出入境管理',
      '刑事案件管辖',
      '户政管理',
      '治安管理',
      '消防管理',
      '禁毒管理',
      '道路交通',
    ];
    assert.deepEqual(orderLabels(sorted.toReversed()), sorted);
    assert.deepEqual(orderLabels(['😀', '\uffee', 'b', 'a1', 'a', '']), ['', 'a', 'a1', 'b', '\uffee', '😀']);
  });
});
