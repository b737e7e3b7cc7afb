"""What is a model whose answer is known? A llama of one layer, made by hand: each word names the next one.

Whatever it is asked, it says "Hello from the tiny model: one two … thirty." and ends.
usage: tiny.py OUT.gguf
"""

import sys

import gguf
import numpy as np

WORDS = """Hello from the tiny model: one two three four five six seven eight nine ten eleven twelve thirteen fourteen
fifteen sixteen seventeen eighteen nineteen twenty thirty.""".split()

kinds = gguf.TokenType
tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
types = [kinds.UNKNOWN, kinds.CONTROL, kinds.CONTROL] + [kinds.BYTE] * 256
first = len(tokens)
tokens += [WORDS[0]] + ["\u2581" + word for word in WORDS[1:]]
types += [kinds.NORMAL] * len(WORDS)
end = tokens.index("</s>")

size, heads, head_width, hidden_width = len(tokens), 5, 64, 32
width = heads * head_width
assert size <= width, "each token needs a dimension of its own"

writer = gguf.GGUFWriter(sys.argv[1], "llama")
writer.add_name("muster-tiny")
writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
writer.add_context_length(2048)
writer.add_embedding_length(width)
writer.add_block_count(1)
writer.add_feed_forward_length(hidden_width)
writer.add_head_count(heads)
writer.add_head_count_kv(1)
writer.add_rope_dimension_count(head_width)
writer.add_layer_norm_rms_eps(1e-5)
writer.add_vocab_size(size)
writer.add_tokenizer_model("llama")
writer.add_token_list(tokens)
writer.add_token_types(types)
writer.add_token_scores([0.0] * first + [-float(place + 1) for place in range(len(WORDS))])
writer.add_bos_token_id(tokens.index("<s>"))
writer.add_eos_token_id(end)
writer.add_unk_token_id(tokens.index("<unk>"))
writer.add_add_bos_token(True)
writer.add_add_space_prefix(False)
writer.add_chat_template("{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant:")

# One token, one dimension; the output gives the token's successor 30 and all others 0. The layer between adds nothing.
embedding = np.zeros((size, width), np.float32)
embedding[np.arange(size), np.arange(size)] = np.sqrt(width)
successor = np.full(size, first)
successor[first:] = np.arange(first + 1, first + 1 + len(WORDS))
successor[-1] = end
output = np.zeros((size, width), np.float32)
output[successor, np.arange(size)] = 30 / np.sqrt(width)
writer.add_tensor("token_embd.weight", embedding.astype(np.float16))
writer.add_tensor("output_norm.weight", np.ones(width, np.float32))
writer.add_tensor("output.weight", output.astype(np.float16))
shapes = {
    "attn_q": (width, width),
    "attn_k": (head_width, width),
    "attn_v": (head_width, width),
    "attn_output": (width, width),
    "ffn_gate": (hidden_width, width),
    "ffn_up": (hidden_width, width),
    "ffn_down": (width, hidden_width),
}
for name, shape in shapes.items():
    writer.add_tensor(f"blk.0.{name}.weight", np.zeros(shape, np.float16))
for name in ("attn_norm", "ffn_norm"):
    writer.add_tensor(f"blk.0.{name}.weight", np.ones(width, np.float32))
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
