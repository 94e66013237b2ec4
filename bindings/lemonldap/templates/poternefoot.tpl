</div></div>
</main>
</div>
</body>
</html>
