import keras
import pytest

if keras.backend.backend() != "jax":
    pytest.skip("programs are JAX's", allow_module_level=True)

from keras_s3gan.backend.jax.hlo import Collective, find_collectives

PROGRAM = """
%fused (param: f32[4]) -> f32[8] {
  ROOT %all-gather.2 = f32[8]{0:T(128)S(1)} all-gather(%param), channel_id=7, dims={0}
}
%spread_further (param: f32[4]) -> f32[8] {
  %all-gather.4 = f32[8]{0:T(128)S(1)} all-gather(%param), channel_id=7, dims={0}
}
ENTRY %main (a: f32[4], b: bf16[2,3]) -> f32[] {
  %all-reduce.1 = (f32[], bf16[2,3]{1,0:T(8,128)(2,1)}) all-reduce(%c, %b), channel_id=1
  %all-reduce-start.2 = f32[5]{0} all-reduce-start(%d), channel_id=2, to_apply=%add
  %all-reduce-done.2 = f32[5]{0} all-reduce-done(%all-reduce-start.2)
  %all-gather-start = ((f32[4]{0}, pred[2]), (f32[8]{0}, pred[4])) all-gather-start(%a)
  %all-to-all.3 = (s8[1,2]{1,0}, s8[1,2]{1,0}) all-to-all(%e, %f), channel_id=3
  %move = (bf16[8,5]{0,1:T(8,128)}, bf16[8,5], u32[]) collective-permute-start(%g)
  %moved = bf16[8,5]{0,1} collective-permute-done(%move)
  %reduce-scatter = f32[2]{0} reduce-scatter(%a), channel_id=5
  %sum = f32[] add(%all-reduce.1, %c), metadata={op_name="all-reduce(x)"}
}
"""


@pytest.mark.parametrize(
    ("kind", "count", "size"),
    [
        ("all-reduce", 2, 4 + 12 + 20),
        # One that is spread over two computations, and one that is waited for.
        ("all-gather", 2, 32 + 32 + 4),
        ("reduce-scatter", 1, 8),
        ("all-to-all", 1, 4),
        ("collective-permute", 1, 80),
    ],
)
def test_each_kind_is_found_with_the_bytes_of_its_results(kind, count, size):
    assert find_collectives(PROGRAM)[kind] == Collective(count, size)


def test_a_program_for_one_device_has_none():
    assert find_collectives("ENTRY %main { %sum = f32[] add(%a, %b) }") == {}
