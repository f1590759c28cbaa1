# `imdbtutor serve` in a container, with PyTorch's CPU build.
#
#     docker build --tag imdbtutor .
#     docker run --publish 127.0.0.1:8000:8000 --stop-timeout 30 imdbtutor
#
# A model of your own: --volume "$PWD/my_model:/my_model:ro" before the name
# of the image, and /my_model after it.
FROM python:3.12-slim

RUN pip install --no-cache-dir torch==2.13.0 \
    --index-url https://download.pytorch.org/whl/cpu

WORKDIR /source
COPY requirements.txt pyproject.toml README.md LICENSE ./
COPY results/*.json results/
COPY imdbtutor imdbtutor
RUN pip install --no-cache-dir --constraint requirements.txt ".[serve]"

RUN useradd --create-home server
USER server
WORKDIR /home/server
EXPOSE 8000
HEALTHCHECK --start-period=30s CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/health', timeout=5)"]
ENTRYPOINT ["imdbtutor", "serve", "--host", "0.0.0.0"]
