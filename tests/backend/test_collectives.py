"""Where one program sees the whole batch, nothing is shared.

`tests/layers/test_replicas.py` and `tests/models/test_replicas.py` start several.
"""

import numpy as np
from keras import ops

from keras_s3gan import backend


def test_a_single_replica_has_everything():
    values = np.arange(6, dtype="float32").reshape(3, 2)
    tensor = ops.convert_to_tensor(values)
    assert backend.replica_count() == 1
    np.testing.assert_array_equal(
        ops.convert_to_numpy(backend.replica_part(tensor)), values
    )
    np.testing.assert_array_equal(
        ops.convert_to_numpy(backend.replica_gather(tensor)), values
    )
    mean, other = backend.replica_mean(tensor, 2 * tensor)
    np.testing.assert_array_equal(ops.convert_to_numpy(mean), values)
    np.testing.assert_array_equal(ops.convert_to_numpy(other), 2 * values)
