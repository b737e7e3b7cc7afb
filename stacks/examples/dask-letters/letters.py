# How often does each letter occur in a folder of texts? Counted by Dask's workers, and once more here without Dask.
# muster dask run letters.py [FOLDER]; exit 0 when both sums are equal.
import sys
import time
from collections import Counter
from pathlib import Path

from dask.distributed import Client, get_worker


def letters(text):
    return Counter(character for character in text.lower() if character.isalpha())


def letters_on_worker(text):
    return get_worker().name, letters(text)


def main(folder="/usr/share/common-licenses"):
    texts = [path.read_text("utf-8", "replace") for path in sorted(Path(folder).iterdir()) if path.is_file()]
    if not texts:
        sys.exit(f"there are no texts in {folder}")
    # Finds the cluster by DASK_SCHEDULER_ADDRESS; the texts travel to the workers, which need no disk of ours.
    with Client() as client:
        client.wait_for_workers(1, timeout=60)
        started = time.monotonic()
        # One computation each, also where two texts are the same.
        counted = client.gather(client.map(letters_on_worker, texts, pure=False))
        seconds = time.monotonic() - started
    total = sum((each for _, each in counted), Counter())
    here = sum((letters(text) for text in texts), Counter())
    workers = {name for name, _ in counted}
    print("letter   on Dask       here")
    for letter, count in total.most_common(5):
        print(f"{letter:6} {count:9,} {here[letter]:10,}")
    print(f"{'all':6} {total.total():9,} {here.total():10,}")
    print(f"{len(texts)} texts on {len(workers)} {'process' if len(workers) == 1 else 'processes'} in {seconds:.1f} s")
    print("equal" if total == here else "DIFFERENT")
    return 0 if total == here else 1


sys.exit(main(*sys.argv[1:2]))
