"""Two tiny tokenizers, and what Transformers makes of texts and conversations with them.

usage: python text.py    (writes byte-level/, metaspace/ and text.json beside itself)
"""
import json, pathlib, shutil
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer

here = pathlib.Path(__file__).parent
CORPUS = ['The quick brown fox jumps over the lazy dog.', 'My card was declined twice; why was my card declined?',
          'Please change the PIN of the card, please.', 'I am still waiting on my card. The transfer has not come through yet.',
          'the fee for the transfer to my account', 'def add(a, b):\n    return a + b\n', 'naïve café, 12345 people'] * 4

CHATML = ("{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nYou help.<|im_end|>\n' }}{% endif %}"
          "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}{% endfor %}"
          "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}")
LLAMA2 = ("{%- if messages[0]['role'] == 'system' -%}{%- set system = '<<SYS>>\n' + messages[0]['content'] + '\n<</SYS>>\n\n' -%}{%- set rest = messages[1:] -%}"
          "{%- else -%}{%- set system = '' -%}{%- set rest = messages -%}{%- endif -%}"
          "{%- for message in rest -%}{%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}{{ raise_exception('Roles must alternate') }}{%- endif -%}"
          "{%- if message['role'] == 'user' -%}{{ bos_token + '[INST] ' + (system if loop.index0 == 0 else '') + message['content'] | trim + ' [/INST]' }}"
          "{%- else -%}{{ ' ' + message['content'] | trim + ' ' + eos_token }}{%- endif -%}{%- endfor -%}")

def byte_level():
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    t.decoder = decoders.ByteLevel()
    t.train_from_iterator(CORPUS, trainers.BpeTrainer(vocab_size=340, special_tokens=['<|endoftext|>', '<|im_start|>', '<|im_end|>'],
                                                      initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    return t, dict(eos_token='<|im_end|>', bos_token='<|im_start|>', pad_token='<|endoftext|>', tokenizer_class='PreTrainedTokenizerFast'), CHATML

def metaspace():
    vocab_trainer = trainers.BpeTrainer(vocab_size=259 + 120, special_tokens=['<unk>', '<s>', '</s>'] + [f'<0x{b:02X}>' for b in range(256)], show_progress=False)
    t = Tokenizer(models.BPE(unk_token='<unk>', fuse_unk=True, byte_fallback=True))
    t.normalizer = normalizers.Sequence([normalizers.Prepend('▁'), normalizers.Replace(' ', '▁')])
    t.decoder = decoders.Sequence([decoders.Replace('▁', ' '), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(' ', 1, 0)])
    t.pre_tokenizer = pre_tokenizers.Split('▁', 'merged_with_next')
    t.train_from_iterator(CORPUS, vocab_trainer)
    # The bytes are ordinary tokens of the vocabulary, not control tokens; words are merged over the whole text, as in Llama 2.
    d = json.loads(t.to_str())
    d['added_tokens'] = [a for a in d['added_tokens'] if not a['content'].startswith('<0x')]
    d['pre_tokenizer'] = None
    t = Tokenizer.from_str(json.dumps(d))
    t.post_processor = processors.TemplateProcessing(single='<s> $A', pair='<s> $A <s> $B', special_tokens=[('<s>', 1)])
    return t, dict(bos_token='<s>', eos_token='</s>', unk_token='<unk>', tokenizer_class='PreTrainedTokenizerFast'), LLAMA2

TEXTS = ['The quick brown fox', ' my card, please .', 'naïve café ☕ 日本語', 'def add(a, b):\n    return a + b\n', '12345', '', '<|im_end|>', 'don\'t\n\n\tstop', '🙂🙃']
CHATS = [[dict(role='user', content='why was my card declined?'), dict(role='assistant', content='the fee')],
         [dict(role='system', content='Please be quick.'), dict(role='user', content='the fox'), dict(role='assistant', content='The dog.'),
          dict(role='user', content='my PIN?'), dict(role='assistant', content='not yet')]]

out = {}
for name, make in (('byte-level', byte_level), ('metaspace', metaspace)):
    folder = here / name
    shutil.rmtree(folder, ignore_errors=True); folder.mkdir()
    t, config, template = make()
    (folder / 'tokenizer.json').write_text(json.dumps(json.loads(t.to_str()), ensure_ascii=False))
    if name == 'byte-level': (folder / 'chat_template.jinja').write_text(template)
    else: config['chat_template'] = template
    (folder / 'tokenizer_config.json').write_text(json.dumps(config, indent=1))
    tok = AutoTokenizer.from_pretrained(folder)
    ids = [tok(x).input_ids for x in TEXTS]
    out[name] = dict(
        vocab_size=len(tok), eos=tok.eos_token_id, bos=tok.bos_token_id,
        texts=[dict(text=x, ids=i, bare=tok(x, add_special_tokens=False).input_ids, decoded=tok.decode(i, skip_special_tokens=True),
                    whole=tok.decode(i, skip_special_tokens=False)) for x, i in zip(TEXTS, ids)],
        chats=[dict(messages=c, text=tok.apply_chat_template(c, tokenize=False), ids=list(tok.apply_chat_template(c, tokenize=True, return_dict=False)),
                    prompt=tok.apply_chat_template(c[:-1], tokenize=False, add_generation_prompt=True)) for c in CHATS])
(here / 'text.json').write_text(json.dumps(out, ensure_ascii=False, indent=1))
