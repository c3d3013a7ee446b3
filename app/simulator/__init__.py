from app.simulator.server import RunningSimulator, running
from app.simulator.simulator import SeenRequest, Simulator

__all__ = ["RunningSimulator", "SeenRequest", "Simulator", "running"]
