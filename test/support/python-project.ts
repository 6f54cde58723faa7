/** A module of Python that adds and subtracts, the same with what is asked for, and its tests. */
export const GOOD = 'def adds(a, b):\n    return a + b\n\n\ndef subs(a, b):\n    return a - b\n';
export const FEATURE = `${GOOD}\n\ndef muls(a, b):\n    return a * b\n`;
export const TESTS = `from demo import adds, subs


def test_adds():
    assert adds(1, 2) == 3


def test_subtracts():
    assert subs(3, 2) == 1
`;
