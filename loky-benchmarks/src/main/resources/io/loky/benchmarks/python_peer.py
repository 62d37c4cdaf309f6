# SPDX-License-Identifier: Apache-2.0
"""A Python process pool that is measured on request.

    python3 python_peer.py concurrent.futures|loky [private-copy]

One command a line on standard input, one line of JSON on standard output, {"samples": [...]} or {"error": "..."}:

    a CALLS SECONDS     round trips of a no-op, in microseconds; at most CALLS of them, for at most SECONDS
    b WORKERS TASKS     TASKS submits gathered, in tasks per second
    c WORKERS ITEMS     a map over ITEMS, in items per second
    d TYPE SIZE TIMES   echoes of an array of SIZE bytes, of bytes or of doubles, in milliseconds
    f TIMES             a new pool to its first result, in milliseconds
    g TIMES             SIGKILL of a busy worker to the exception of its future, in milliseconds
    j TASKS             memory for each of TASKS that wait, in bytes
    p WORKERS           a pool that is left alone: the pids of its workers
    s WORKERS TASKS     as b, in a pool that is made for it
    t WORKERS THREADS TASKS  TASKS submits of all THREADS together, in tasks per second

Ends, with all its workers, at the end of standard input. A private copy deletes its own directory then.
"""

# What stands here is imported by each worker, too: nothing that they would not load anyway.
import os
import sys
import threading
import time

BUSY_SECONDS = 0.05
PATIENCE_SECONDS = 20


def nothing():
    return None


def same(item):
    return item


def spin():
    while True:
        pass


def pid_after_a_while(_):
    time.sleep(0.02)
    return os.getpid()


def follow_parent():
    """Runs first in each worker: a worker of a killed parent would otherwise wait for ever."""
    threading.Thread(target=_exit_after_parent, daemon=True).start()


def _exit_after_parent():
    import multiprocessing.connection

    parent = multiprocessing.parent_process()
    if parent is not None and parent.sentinel is not None:
        multiprocessing.connection.wait([parent.sentinel])
    else:  # loky's workers have none
        first = os.getppid()
        while os.getppid() == first:
            time.sleep(0.5)
    os._exit(1)


class Peer:
    """The pools of one library."""

    def __init__(self, library):
        if library == "loky":
            import loky

            self._executor = loky.ProcessPoolExecutor
            self._options = {"timeout": None}
            self._broken = loky.process_executor.TerminatedWorkerError
        else:
            import concurrent.futures
            import concurrent.futures.process
            import multiprocessing

            self._executor = concurrent.futures.ProcessPoolExecutor
            self._options = {"mp_context": multiprocessing.get_context("spawn")}
            self._broken = concurrent.futures.process.BrokenProcessPool
        self._kept = {}

    def new_pool(self, workers):
        return self._executor(max_workers=workers, initializer=follow_parent, **self._options)

    def kept_pool(self, workers):
        if workers not in self._kept:
            self._kept[workers] = self.new_pool(workers)
        return self._kept[workers]

    def round_trips(self, calls, seconds):
        pool = self.kept_pool(1)
        pool.submit(nothing).result()
        samples = []
        deadline = time.perf_counter() + seconds
        while len(samples) < calls and time.perf_counter() < deadline:
            start = time.perf_counter_ns()
            pool.submit(nothing).result()
            samples.append((time.perf_counter_ns() - start) / 1e3)
        return samples

    def gathered(self, workers, tasks):
        pool = self.kept_pool(workers)
        start = time.perf_counter()
        futures = [pool.submit(nothing) for _ in range(tasks)]
        for future in futures:
            future.result()
        return [tasks / (time.perf_counter() - start)]

    def mapped(self, workers, items):
        """In chunks as multiprocessing.Pool makes them: an executor's map has none of its own."""
        pool = self.kept_pool(workers)
        chunk = -(-items // (4 * workers))
        start = time.perf_counter()
        count = sum(1 for _ in pool.map(same, range(items), chunksize=chunk))
        if count != items:
            raise RuntimeError("%d results of %d" % (count, items))
        return [items / (time.perf_counter() - start)]

    def echoes(self, kind, size, times):
        import array

        pool = self.kept_pool(1)
        value = array.array("d", range(size // 8)) if kind == "doubles" else bytes(range(256)) * (size // 256)
        samples = []
        for _ in range(times):
            start = time.perf_counter()
            length = len(pool.submit(same, value).result())
            samples.append((time.perf_counter() - start) * 1e3)
            if length != len(value):
                raise RuntimeError("an echo of %d has %d" % (len(value), length))
        return samples

    def waiting(self, tasks):
        import signal
        import tracemalloc

        pool = self.new_pool(1)
        try:
            worker = pool.submit(os.getpid).result()
            victim = pool.submit(spin)
            tracemalloc.start()
            futures = [pool.submit(nothing) for _ in range(tasks)]
            grown = tracemalloc.get_traced_memory()[0]
            tracemalloc.stop()
            for future in futures:
                future.cancel()
            os.kill(worker, signal.SIGKILL)
            try:
                victim.result(PATIENCE_SECONDS)
            except self._broken:
                pass
            return [grown / tasks]
        finally:
            pool.shutdown(wait=True)

    def left_alone(self, workers):
        """Tasks that last a while, so that each worker has had one."""
        pool = self.new_pool(workers)
        self._kept["left alone"] = pool
        pids = set()
        while len(pids) < workers:
            pids |= set(pool.map(pid_after_a_while, range(2 * workers)))
        return sorted(pids)

    def scaled(self, workers, tasks):
        pool = self.new_pool(workers)
        try:
            list(pool.map(pid_after_a_while, range(2 * workers)))
            start = time.perf_counter()
            futures = [pool.submit(nothing) for _ in range(tasks)]
            for future in futures:
                future.result()
            return [tasks / (time.perf_counter() - start)]
        finally:
            pool.shutdown(wait=True)

    def from_threads(self, workers, threads, tasks):
        pool = self.kept_pool(workers)

        def submit(count):
            for future in [pool.submit(nothing) for _ in range(count)]:
                future.result()

        submitters = [threading.Thread(target=submit, args=(tasks // threads,)) for _ in range(threads)]
        start = time.perf_counter()
        for submitter in submitters:
            submitter.start()
        for submitter in submitters:
            submitter.join()
        return [tasks // threads * threads / (time.perf_counter() - start)]

    def first_result(self):
        start = time.perf_counter()
        pool = self.new_pool(1)
        try:
            pool.submit(nothing).result()
            return (time.perf_counter() - start) * 1e3
        finally:
            pool.shutdown(wait=True)

    def loss(self):
        import signal

        pool = self.new_pool(1)
        try:
            worker = pool.submit(os.getpid).result()
            victim = pool.submit(spin)
            time.sleep(BUSY_SECONDS)
            start = time.perf_counter()
            os.kill(worker, signal.SIGKILL)
            try:
                victim.result(PATIENCE_SECONDS)
            except self._broken:
                return (time.perf_counter() - start) * 1e3
            raise RuntimeError("a task that never ends has a result")
        finally:
            pool.shutdown(wait=True)

    def answer(self, command, *numbers):
        if command == "a":
            return self.round_trips(int(numbers[0]), float(numbers[1]))
        if command == "b":
            return self.gathered(int(numbers[0]), int(numbers[1]))
        if command == "c":
            return self.mapped(int(numbers[0]), int(numbers[1]))
        if command == "d":
            return self.echoes(numbers[0], int(numbers[1]), int(numbers[2]))
        if command == "j":
            return self.waiting(int(numbers[0]))
        if command == "p":
            return self.left_alone(int(numbers[0]))
        if command == "s":
            return self.scaled(int(numbers[0]), int(numbers[1]))
        if command == "t":
            return self.from_threads(int(numbers[0]), int(numbers[1]), int(numbers[2]))
        if command == "f":
            return [self.first_result() for _ in range(int(numbers[0]))]
        if command == "g":
            return [self.loss() for _ in range(int(numbers[0]))]
        raise ValueError("unknown command " + command)

    def close(self):
        for pool in self._kept.values():
            pool.shutdown(wait=True)


def read_commands(commands, private_copy):
    """Hands on the lines of standard input; some seconds after its end everything has to be over."""
    for line in sys.stdin:
        commands.put(line.split())
    commands.put(None)
    time.sleep(3)
    try:
        kill_workers()
    finally:
        if private_copy:
            delete_private_copy()
        os._exit(1)


def kill_workers():
    import multiprocessing
    import signal

    for worker in multiprocessing.active_children():
        try:
            os.kill(worker.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def delete_private_copy():
    directory = os.path.dirname(os.path.abspath(__file__))
    try:
        for name in os.listdir(directory):
            os.remove(os.path.join(directory, name))
        os.rmdir(directory)
    except OSError:
        pass  # whoever made the copy was faster


def main():
    import queue

    private_copy = sys.argv[2:] == ["private-copy"]
    commands = queue.SimpleQueue()
    threading.Thread(target=read_commands, args=(commands, private_copy), daemon=True).start()
    try:
        serve(Peer(sys.argv[1]), commands)
    except BrokenPipeError:
        pass  # nobody reads any more: the input is at its end, too
    if private_copy:
        delete_private_copy()


def serve(peer, commands):
    import json

    try:
        while True:
            command = commands.get()
            if command is None:
                break
            try:
                reply = {"samples": peer.answer(*command)}
            except Exception as e:
                reply = {"error": "%s: %s" % (type(e).__name__, e)}
            print(json.dumps(reply), flush=True)
    finally:
        peer.close()


if __name__ == "__main__":
    main()
