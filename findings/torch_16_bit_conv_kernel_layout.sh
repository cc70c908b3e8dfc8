#!/usr/bin/env bash
# PyTorch 2.13.0: a 16-bit convolution on a CPU runs forward with a kernel that is a
# permuted view, and refuses to run backward, if there is one output channel.
#
# Where oneDNN does not take the convolution (in bfloat16 and float16 that is any
# processor without instructions for them; here oneDNN is switched off so that every
# processor shows it), the gradient for the kernel is allocated in the layout of the
# kernel. A kernel kept as [height, width, in, out], as Keras does, and permuted to
# PyTorch's order passes as channels-last memory when it has one output channel, the
# last layer of a generator of grey images, say. The forward pass accepts it. The
# backward pass raises "slow_conv2d: grad_weight must be contiguous". Two output
# channels work, so does float32 with one, so does `.contiguous()`.
#
# Output seen:
#   bfloat16, 1 channel, view: slow_conv2d: grad_weight must be contiguous
#   bfloat16, 1 channel, contiguous: ok
#   bfloat16, 2 channels, view: ok
#   float16, 1 channel, view: slow_conv2d: grad_weight must be contiguous
#   float16, 1 channel, contiguous: ok
#   float16, 2 channels, view: ok
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 numpy
cat > "$folder/program.py" <<'PROGRAM'
import torch

torch.backends.mkldnn.enabled = False


def backward(dtype, channels, contiguous):
    images = torch.randn(2, 4, 4, 8, dtype=dtype).permute(0, 3, 1, 2)
    stored = torch.randn(3, 3, 8, channels, dtype=dtype, requires_grad=True)
    kernel = stored.permute(3, 2, 0, 1)
    kernel = kernel.contiguous() if contiguous else kernel
    outputs = torch.nn.functional.conv2d(images, kernel, padding=1)
    try:
        outputs.float().square().sum().backward()
    except RuntimeError as error:
        return str(error)
    return "ok"


for dtype in (torch.bfloat16, torch.float16):
    for channels, contiguous in ((1, False), (1, True), (2, False)):
        print(
            f"{str(dtype)[6:]}, {channels} channel{'s' if channels > 1 else ''}, "
            f"{'contiguous' if contiguous else 'view'}: "
            f"{backward(dtype, channels, contiguous)}"
        )
PROGRAM
"$folder/venv/bin/python" "$folder/program.py" | tee "$folder/output"
diff "$folder/output" - <<'EXPECTED'
bfloat16, 1 channel, view: slow_conv2d: grad_weight must be contiguous
bfloat16, 1 channel, contiguous: ok
bfloat16, 2 channels, view: ok
float16, 1 channel, view: slow_conv2d: grad_weight must be contiguous
float16, 1 channel, contiguous: ok
float16, 2 channels, view: ok
EXPECTED
