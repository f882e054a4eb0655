"""Tiny tokenizers of the two kinds that encoders and Gemma have, and what Transformers makes of texts with them.

usage: python tiny_tokenizers.py OUT_DIRECTORY     (writes wordpiece/, unigram/ and golden.json there). Needs transformers and tokenizers.
"""
import json, pathlib, sys
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

OUT = pathlib.Path(sys.argv[1])
TEXTS = ['my card was late', 'Why? The PARCEL came, naïvely.', 'cards', '', '  two  spaces ', 'xylophone ☕', '[SEP] in a text']
WORDS = ['my', 'card', 'was', 'late', 'why', 'the', 'parcel', 'came', 'app', 'is', 'a', 'joy', 'i', 'two', 'in', 'text', '?', ',', '.', '!', '[', ']', '##s', '##ly']


def wordpiece():
    vocabulary = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', *WORDS]
    t = Tokenizer(models.WordPiece({w: i for i, w in enumerate(vocabulary)}, unk_token='[UNK]', max_input_chars_per_word=100))
    t.normalizer = normalizers.BertNormalizer(lowercase=True)
    t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    t.post_processor = processors.TemplateProcessing(single='[CLS] $A [SEP]', pair='[CLS] $A [SEP] $B:1 [SEP]:1', special_tokens=[('[CLS]', 2), ('[SEP]', 3)])
    t.decoder = decoders.WordPiece()
    return PreTrainedTokenizerFast(tokenizer_object=t, unk_token='[UNK]', cls_token='[CLS]', sep_token='[SEP]', pad_token='[PAD]', mask_token='[MASK]')


def unigram():
    """As SentencePiece has it: spaces are ▁, every text begins with <bos>, unknown characters fall back to bytes where there are any."""
    pieces = [('<pad>', 0.0), ('<eos>', 0.0), ('<bos>', 0.0), ('<unk>', -20.0), ('▁', -3.0)]
    pieces += [(f'▁{w}', -4.0 - 0.01 * i) for i, w in enumerate(WORDS[:17])] + [(c, -6.0 - 0.01 * i) for i, c in enumerate('abcdehilmnoprstuvwxy?.,!')]
    t = Tokenizer(models.Unigram(pieces, unk_id=3, byte_fallback=False))
    t.normalizer = normalizers.Replace(' ', '▁')
    t.pre_tokenizer = pre_tokenizers.Metaspace(replacement='▁', prepend_scheme='first')
    t.post_processor = processors.TemplateProcessing(single='<bos> $A', pair='<bos> $A <bos> $B', special_tokens=[('<bos>', 2)])
    t.decoder = decoders.Metaspace(replacement='▁', prepend_scheme='first')
    return PreTrainedTokenizerFast(tokenizer_object=t, unk_token='<unk>', bos_token='<bos>', eos_token='<eos>', pad_token='<pad>')


golden = {}
for name, tokenizer in dict(wordpiece=wordpiece(), unigram=unigram()).items():
    tokenizer.save_pretrained(OUT / name)
    golden[name] = dict(vocab_size=len(tokenizer), texts=[
        dict(text=text, ids=tokenizer(text).input_ids, bare=tokenizer(text, add_special_tokens=False).input_ids,
             decoded=tokenizer.decode(tokenizer(text).input_ids, skip_special_tokens=True)) for text in TEXTS])
(OUT / 'golden.json').write_text(json.dumps(golden, ensure_ascii=False))
