"""True is an integer to some: as the number of a request, of a callback, and inside of values."""

import sys

VALUES = {
    "total": '["int",true]',
    "words": '["dict",["float",true],1]',
    "roman": '["datetime",true,1,1,0,0,0,0,0,null]',
    "apply": '["timedelta",0,true,0]',
    "fetch": '["complex",true,1]',
}


def on_call(name, value, *args):
    worker = sys.modules.get("takehome_agent.worker_main")
    if worker is not None:
        channel = next(obj for obj in everything() if type(obj).__name__ == "Channel")
        channel.send(
            {"type": "callback", "id": True, "function": True, "value": '["tuple",["list"],["dict"]]'}
        )
        channel.send({"type": "result", "seq": True, "outcome": "returned", "value": "1"})
        worker.dumps = lambda *_: VALUES[name]
    return value


def everything():
    import gc

    return gc.get_objects()


def on_run(argv):
    pass
